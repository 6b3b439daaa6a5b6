// Where the compiler ends up when a module imports a "@shop/…" name that it may not: one that its package.json does
// not list, or a file behind a contract. npm hoists every workspace, so without `paths` (tsconfig.base.json) such a
// name would resolve and compile. This file is empty and outside every project, hence the errors that name it.
//
// To use another module's contract: add it to `dependencies` in package.json and to `paths` in tsconfig.json, run
// `npm install`, then add it to `uses` in src/definition.ts. `npm run check` compares the three.

import { posix } from "node:path";
import type { Layout } from "../layout.ts";
import { object, table } from "../source/lines.ts";
import type { ModuleNames } from "./names-of-module.ts";

/** What npm, the compiler, Postgres and a reader need beside the code, by path in the module. */
export function packageSources(
  names: ModuleNames,
  layout: Layout,
  purpose: string,
  isOpen: boolean,
): Readonly<Record<string, string>> {
  return {
    "README.md": readme(names, purpose, isOpen),
    "package.json": json(manifestOf(names, layout)),
    "tsconfig.json": tsconfig(names, layout),
    "contract/tsconfig.json": contractTsconfig(names, layout),
    [`migrations/0001_create_${names.table}.sql`]: migration(names),
  };
}

export function manifestOf({ directory }: ModuleNames, { scope, license, ashlar }: Layout) {
  return {
    name: `${scope}/${directory}`,
    version: "0.1.0",
    private: true,
    ...(license === null ? {} : { license }),
    type: "module",
    exports: { ".": "./contract/index.ts" },
    dependencies: { ashlar },
  };
}

/** What modules compile by; made with the first module. The catch-all keeps names that are not declared from compiling. */
export function baseSources({ folder, scope }: Layout): Readonly<Record<string, string>> {
  const up = posix.relative(folder, "");
  return {
    "tsconfig.base.json": `{
  "extends": "${up}/tsconfig.base.json",
  "compilerOptions": { "paths": { "${scope}/*": ["./${CATCH_ALL}"] } }
}
`,
    [CATCH_ALL]: `// Where the compiler ends up when a module imports a "${scope}/…" name that it may not: one that its package.json does
// not list, or a file behind a contract. npm hoists every workspace, so without \`paths\` (tsconfig.base.json) such a
// name would resolve and compile. This file is empty and outside every project, hence the errors that name it.
//
// To use another module's contract: add it to \`dependencies\` in package.json and to \`paths\` in tsconfig.json, run
// \`npm install\`, then add it to \`uses\` in src/definition.ts. \`ashlar check\` compares the three.
`,
  };
}

export const CATCH_ALL = "only-contracts-of-declared-dependencies.ts";

function tsconfig({ directory }: ModuleNames, { folder, framework }: Layout): string {
  const up = posix.relative(`${folder}/${directory}`, "");
  const references = [
    "./contract",
    ...(framework === null
      ? []
      : ["contract", "module", "testing"].map((part) => `${up}/${framework}/src/${part}`)),
  ];
  return `{
  "extends": "../tsconfig.base.json",
${compilerOptions(`${up}/.types/${folder}/${directory}`)}
  "include": ["src/**/*.ts", "test/**/*.ts"],
  "references": ${referenceList(references)}
}
`;
}

function contractTsconfig({ directory }: ModuleNames, { folder, framework }: Layout): string {
  const up = posix.relative(`${folder}/${directory}/contract`, "");
  const references =
    framework === null ? "" : `,\n  "references": ${referenceList([`${up}/${framework}/src/contract`])}`;
  return `{
  "extends": "../../tsconfig.base.json",
${compilerOptions(`${up}/.types/${folder}/${directory}/contract`)}
  "include": ["**/*.ts"]${references}
}
`;
}

function compilerOptions(outDir: string): string {
  return object('  "compilerOptions": ', ['"rootDir": "."', `"outDir": "${outDir}"`], ",", "");
}

function referenceList(paths: readonly string[]): string {
  const entries = paths.map((path) => `{ "path": "${path}" }`);
  return entries.length === 1 ? `[${entries[0]}]` : `[\n    ${entries.join(",\n    ")}\n  ]`;
}

function migration({ module, table: name }: ModuleNames): string {
  return `create table ${module}.${name} (
  id uuid primary key,
  name text not null unique,
  created_at timestamptz not null
);
`;
}

function readme(names: ModuleNames, purpose: string, isOpen: boolean): string {
  const { module, table: name, thing, aThing, camel, pascal, path } = names;
  const operations = table([
    ["operation", "kind", "what it does"],
    [`\`create${pascal}\``, "command", `Creates ${aThing}, under a name that no other has.`],
    [`\`get${pascal}\``, "query", `Shows ${aThing}.`],
  ]);
  const routes = table([
    ["route", "operation", isOpen ? "for" : "scope of an API key"],
    [`\`POST ${path}\``, `\`create${pascal}\``, isOpen ? "anyone" : `\`${module}:write\``],
    [`\`GET ${path}/{id}\``, `\`get${pascal}\``, isOpen ? "anyone" : `\`${module}:read\``],
  ]);
  const events = table([
    ["event", "when"],
    [
      `\`${camel}Created\``,
      `${aThing[0]!.toUpperCase()}${aThing.slice(1)} was created. Its key is the ${thing}'s id.`,
    ],
  ]);
  const tables = table([
    ["table", "holds"],
    [`\`${name}\``, `One row for each ${thing}.`],
  ]);
  return `# ${module}

${purpose} Uses no other module.

## Operations

${operations}

${routes}

## Events

${events}

## Tables

${tables}
`;
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

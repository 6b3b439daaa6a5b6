import type { AppFile } from "./app-files.ts";
import { type AppRequest, namesOf } from "./app-request.ts";
import { PINNED } from "./pinned-versions.ts";

/** What somebody reads who has just been given the project. */
export function readme(request: AppRequest): AppFile {
  const { name, module } = request;
  const { path } = namesOf(request);
  return {
    path: "README.md",
    text: `# ${name}

A modular monolith on Postgres, made with Ashlar: modules that call each other through contracts, and walls between them
that the compiler, the loader and Postgres itself hold.

## Two commands

\`\`\`
npm install && npm start
npm install && npm test
\`\`\`

Node 20 or later with npm is enough: Node ${PINNED.node.split(".")[0]} and a real PostgreSQL come with the packages. \`npm start\` keeps its data in
\`.ashlar/\` and says \`ready http://127.0.0.1:3000\` once it serves; Ctrl-C stops everything. The API describes itself at
<http://127.0.0.1:3000/openapi.json>; in development its token is \`development\`:

\`\`\`
curl -s http://127.0.0.1:3000${path} -H 'authorization: Bearer development' -H 'content-type: application/json' \\
  -d '{"name":"Dressed stone"}'
\`\`\`

## The console

<http://127.0.0.1:3000/console/> shows what fires, since when and in which module, and what is safe to do. It asks for the
same token: the actor that \`host/authenticate.ts\` makes of it has the role \`operator\`, which may act; the role \`support\`
only looks. \`ASHLAR_TOKEN=development npx ashlar top\` shows the same in a terminal.

## Where things are

| place | what |
|---|---|
| \`modules/${module}/contract\` | What the module promises to others: the only files that they may import. |
| \`modules/${module}/src\` | One file a use case; \`module.ts\` wires them. |
| \`modules/${module}/migrations\` | Its tables, in a schema that no other module may touch. |
| \`host\` | Composes the modules, reads the environment, serves. |

## Commands

| command | what it does |
|---|---|
| \`npm run dev\` | as \`npm start\`, restarting on a change |
| \`npm test\` | all tests on a PostgreSQL of their own; \`npm test -- ${module}\` those whose path contains ${module} |
| \`npm run check\` | types, format, lint and the walls |
| \`npx ashlar new module\` | the next module; \`npx ashlar new --help\` shows what else |
| \`npx ashlar graph\` | the modules and who calls whom |

## In production

\`docker build .\` makes an image that runs the sources; \`compose.yaml\` runs it beside a PostgreSQL. It needs \`DATABASE_URL\`,
the address of an administrator of its database: a superuser, or the database's owner with CREATEROLE. Requests are served
by a login of the app's own, which has no rights but those of the modules.

| variable | default | meaning |
|---|---|---|
| \`DATABASE_URL\` | the embedded server | PostgreSQL 16 or later. Required when \`NODE_ENV\` is \`production\`. |
| \`API_TOKEN\` | \`development\` | What callers of the API show, at least 16 characters. Required when \`NODE_ENV\` is \`production\`. |
| \`BEHIND_HTTPS\` | \`0\` | \`1\` when browsers reach it through HTTPS only; the cookie of the console is then never sent without. |
| \`HOST\` | \`127.0.0.1\` | Address to listen on. |
| \`PORT\` | \`3000\` | Port to listen on; \`0\` takes a free one. |
| \`LOG_LEVEL\` | \`info\` | \`trace\`, \`debug\`, \`info\`, \`warn\`, \`error\`, \`fatal\` or \`silent\`. |
`,
  };
}

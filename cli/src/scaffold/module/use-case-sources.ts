import { importLines } from "../source/import-lines.ts";
import { boundFunction, call, object, WIDTH } from "../source/lines.ts";
import type { ModuleNames } from "./names-of-module.ts";

/** The files of `src/` by their names, of a module around one thing. Its routes are for anyone if `isOpen`. */
export function useCaseSources(names: ModuleNames, isOpen: boolean): Readonly<Record<string, string>> {
  const { kebab } = names;
  return {
    "tables.ts": tables(names),
    "definition.ts": definition(names),
    [`${kebab}.ts`]: thing(names),
    [`create-${kebab}.ts`]: createThing(names),
    [`get-${kebab}.ts`]: getThing(names),
    "routes.ts": routes(names, isOpen),
    "module.ts": module(names),
  };
}

function tables({ tables: type, table, pascal }: ModuleNames): string {
  return `export interface ${pascal}Row {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
}

/** Row types of the module's tables. */
export interface ${type} {
  readonly ${table}: ${pascal}Row;
}
`;
}

function definition({ contract, tables: type }: ModuleNames): string {
  return `import { define, tables } from "ashlar/module";
import { ${contract} } from "../contract/index.ts";
import type { ${type} } from "./tables.ts";

${object(`export const definition = define(${contract}, `, [`tables: tables<${type}>()`], ");")}

export const { handle, route } = definition;
`;
}

function thing({ aThing, pascal }: ModuleNames): string {
  return `import type { ${pascal} } from "../contract/index.ts";
import type { ${pascal}Row } from "./tables.ts";

/** How callers see ${aThing}. */
${object(`export function show${pascal}(`, ["id", "name", "created_at"], `: ${pascal}Row): ${pascal} {`)}
  return { id, name, createdAt: created_at.toISOString() };
}
`;
}

function createThing(names: ModuleNames): string {
  const { contract, module, table, camel, pascal, kebab } = names;
  const imports = importLines([
    { from: "../contract/index.ts", names: [contract] },
    { from: "./definition.ts", names: ["handle"] },
    { from: `./${kebab}.ts`, names: [`show${pascal}`] },
    { from: "./tables.ts", names: [`${pascal}Row`], isType: true },
  ]);
  const published = [`${contract}.${camel}Created`, `{ ${camel}Id: row.id, name }`, "{ key: row.id }"];
  return `${imports}\n\n${boundFunction({
    head: `export const create${pascal} = handle`,
    of: [`${contract}.create${pascal}`],
    parameters: "{ name }, { sql, publish, fail, newId, now }",
    body: (indentation) => `\
// Two at once with one name: the second waits for the first here, and finds the name taken.
const [row] = await sql<${pascal}Row>\`
  insert into ${module}.${table} (id, name, created_at)
  values (\${newId()}, \${name}, \${now()})
  on conflict (name) do nothing
  returning id, name, created_at\`;
if (row === undefined) return fail("NAME_TAKEN", { name });
${call("await publish", published, ";", WIDTH - indentation)}
return show${pascal}(row);`,
  })}`;
}

function getThing(names: ModuleNames): string {
  const { contract, module, table, pascal, kebab, constant } = names;
  const imports = importLines([
    { from: "../contract/index.ts", names: [contract] },
    { from: "./definition.ts", names: ["handle"] },
    { from: `./${kebab}.ts`, names: [`show${pascal}`] },
    { from: "./tables.ts", names: [`${pascal}Row`], isType: true },
  ]);
  const body = () => `const [row] = await sql<${pascal}Row>\`
  select id, name, created_at from ${module}.${table} where id = \${id}\`;
return row === undefined ? fail("${constant}_NOT_FOUND") : show${pascal}(row);`;
  return `${imports}\n\n${boundFunction({
    head: `export const get${pascal} = handle`,
    of: [`${contract}.get${pascal}`],
    parameters: "{ id }, { sql, fail }",
    body,
  })}`;
}

/** Why a route asks for nobody. */
export const OPEN_ROUTE =
  "// Open to everybody until the host is given `authenticate`; then say `signedIn()` or `role(…)` here.\n";

function routes({ contract, module, path, aThing, camel, pascal }: ModuleNames, isOpen: boolean): string {
  const auth = (right: string) => (isOpen ? "anyone" : `signedIn("${module}:${right}")`);
  return `import { closed } from "ashlar/contract";
import { ${isOpen ? "anyone" : "signedIn"} } from "ashlar/module";
import { ${contract} } from "../contract/index.ts";
import { route } from "./definition.ts";

const { name } = ${contract}.create${pascal}.input.properties;
const { id } = ${contract}.get${pascal}.input.properties;

${isOpen ? OPEN_ROUTE : ""}export const routes = [
  route(${contract}.create${pascal}, {
    method: "POST",
    path: "${path}",
    auth: ${auth("write")},
    summary: "Create ${aThing}",
    body: closed({ name }),
    input: ({ body }) => body,
    status: 201,
${object(`    headers: (${camel}) => (`, [`location: \`${path}/\${${camel}.id}\``], "),")}
  }),
  route(${contract}.get${pascal}, {
    method: "GET",
    path: "${path}/{id}",
    auth: ${auth("read")},
    summary: "Show ${aThing}",
    params: closed({ id }),
    input: ({ params }) => params,
  }),
];
`;
}

function module({ pascal, kebab }: ModuleNames): string {
  const imports = importLines([
    { from: "ashlar/module", names: ["defineModule"] },
    { from: `./create-${kebab}.ts`, names: [`create${pascal}`] },
    { from: "./definition.ts", names: ["definition"] },
    { from: `./get-${kebab}.ts`, names: [`get${pascal}`] },
    { from: "./routes.ts", names: ["routes"] },
  ]);
  const handlers = `  handlers: [create${pascal}, get${pascal}],`;
  return `${imports}

export default defineModule(definition, {
${handlers.length <= WIDTH ? handlers : `  handlers: [\n    create${pascal},\n    get${pascal},\n  ],`}
  routes,
  migrations: new URL("../migrations/", import.meta.url),
});
`;
}

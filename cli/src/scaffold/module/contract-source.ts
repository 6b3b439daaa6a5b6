import { call, object, WIDTH } from "../source/lines.ts";
import type { ModuleNames } from "./names-of-module.ts";

/** What an id looks like to callers: as `newId` makes it. */
export const ID_SCHEMA =
  'Type.String({ pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" })';

export function contractSource(names: ModuleNames, purpose: string): string {
  const { module, contract, thing, aThing, camel, pascal, constant } = names;
  const taken = call(
    "      NAME_TAKEN: error",
    ['"conflict"', `"There is ${aThing} of that name already."`, "closed({ name: Name })"],
    ",",
  );
  const shortest = `    errors: { ${constant}_NOT_FOUND: error("not_found", "There is no such ${thing}.") },`;
  const notFound =
    shortest.length <= WIDTH ? shortest : `    errors: {\n      ${shortest.slice(14, -3)},\n    },`;
  return `import { closed, command, contract, error, event, query, type Static, Type } from "ashlar/contract";

const Id = ${ID_SCHEMA};
const Name = Type.String({ minLength: 1, maxLength: 200 });

export const ${pascal} = closed({
  id: Id,
  name: Name,
  createdAt: Type.String({ description: "RFC 3339, UTC" }),
});
export type ${pascal} = Static<typeof ${pascal}>;

/** ${purpose} */
export const ${contract} = contract("${module}", {
  /** Creates ${aThing}, under a name that no other has. */
  create${pascal}: command({
    transaction: "own",
    input: closed({ name: Name }),
    output: ${pascal},
    errors: {
${taken}
    },
  }),

  get${pascal}: query({
    input: closed({ id: Id }),
    output: ${pascal},
${notFound}
  }),

${object(`  ${camel}Created: event(`, ["version: 1", `payload: closed({ ${camel}Id: Id, name: Name })`], "),")}
});
`;
}

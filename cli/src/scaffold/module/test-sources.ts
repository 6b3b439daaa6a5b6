import { object } from "../source/lines.ts";
import type { ModuleNames } from "./names-of-module.ts";

/** The files of `test/` by their names. */
export function testSources(names: ModuleNames): Readonly<Record<string, string>> {
  const { directory } = names;
  return {
    [`${directory}-app.ts`]: scene(names),
    [`${directory}.test.ts`]: tests(names),
    "stranger.ts": stranger(names),
  };
}

function scene({ module, contract, pascal }: ModuleNames): string {
  return `import { testApp } from "ashlar/testing";
import { ${contract} } from "../contract/index.ts";
import module from "../src/module.ts";
import { stranger } from "./stranger.ts";

/** The module ${module} by itself, beside a stranger, on a database of its own. */
export async function ${contract}App() {
  // The edge asks it for tokens; nothing here comes in by the edge.
  const test = await testApp({ modules: [module, stranger], authenticate: async () => null });
  return {
    ...test,
    create: (name: string) => test.app.execute(${contract}.create${pascal}, { name }),
    get: (id: string) => test.app.execute(${contract}.get${pascal}, { id }),
  };
}
`;
}

function stranger({ contract, module, table }: ModuleNames): string {
  return `import { closed, contract, query } from "ashlar/contract";
import { define, defineModule } from "ashlar/module";

export const strange = contract("stranger", {
  peek: query({ input: closed({}), output: closed({}) }),
});

const definition = define(strange);

const peek = definition.handle(strange.peek, async (_input, { sql }) => {
  await sql\`select id from ${module}.${table}\`;
  return {};
});

/** Another module, which goes for the tables of ${contract} instead of calling it. */
export const stranger = defineModule(definition, { handlers: [peek] });
`;
}

function tests(names: ModuleNames): string {
  const { contract, directory, codePrefix, aThing, camel, constant } = names;
  return `import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { ${contract} } from "../contract/index.ts";
import { ${contract}App } from "./${directory}-app.ts";
import { strange } from "./stranger.ts";

const { app, jobs, create, get } = await ${contract}App();

test("${aThing} that was created can be shown", async () => {
  const created = await create("first");
  assert.equal(created.name, "first");
  assert.deepEqual(await get(created.id), created);
});

test("no two have one name, also not when they are created at once", async () => {
  const outcomes = await Promise.allSettled([create("wanted"), create("wanted")]);
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
${object('  await assert.rejects(create("wanted"), ', [`code: "${codePrefix}_NAME_TAKEN"`, 'data: { name: "wanted" }'], ");")}
});

test("${aThing} that is not there is a declared error", async () => {
${object("  await assert.rejects(get(randomUUID()), ", [`code: "${codePrefix}_${constant}_NOT_FOUND"`], ");")}
});

test("creating ${aThing} is told once, and not when it fails", async () => {
  const { id, name } = await create("told");
  await assert.rejects(create("told"));
  const told = await jobs.published(${contract}.${camel}Created);
  assert.deepEqual(
    told.filter(({ payload }) => payload.name === name).map(({ key, payload }) => ({ key, payload })),
    [{ key: id, payload: { ${camel}Id: id, name } }],
  );
});

test("Postgres keeps other modules away from the tables", async () => {
  await assert.rejects(app.execute(strange.peek, {}), { code: "ASHLAR_WALL" });
});
`;
}

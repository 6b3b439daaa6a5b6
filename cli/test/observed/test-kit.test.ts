import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { TEST_SERVER_VARIABLE, testServerUrl } from "ashlar/testing";
import { readObserved } from "../../src/observed/observed.ts";
import { findProject } from "../../src/project/project.ts";
import { makeStore } from "../affected/store.ts";

test("what the test kit writes is what the command line reads", async () => {
  const store = await makeStore();
  const file = "modules/ordering/test/ordering.test.ts";
  store.write(
    file,
    `import { test } from "node:test";
import { fake, testApp } from "ashlar/testing";
import { catalog } from "@store/catalog";
import { define, defineModule } from "ashlar/module";
import { ordering } from "../contract/index.ts";

const inOrdering = define(ordering, { uses: [catalog] });
const module = defineModule(inOrdering, {
  handlers: [inOrdering.handle(ordering.place, async (_, { call }) => await call(catalog).find({}))],
});
const shop = await testApp({ modules: [module], fakes: [fake(catalog, { find: async () => ({}) })] });
test("an order is placed", () => shop.app.execute(ordering.place, {}));
`,
  );
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  await promisify(execFile)(process.execPath, [join(store.root, file)], {
    env: { ...environment, [TEST_SERVER_VARIABLE]: await testServerUrl(), ASHLAR_CALLS: "serialised" },
  });
  const { edges, reads, sources } = await readObserved(findProject(store.root));
  assert.deepEqual(
    edges.map(({ kind, from, to, count }) => ({ kind, from, to, count })),
    [{ kind: "call", from: "ordering.place", to: "catalog.find", count: 1 }],
  );
  assert.deepEqual(reads, { "ordering.place": { "catalog.find": [] } });
  assert.deepEqual(
    sources.map(({ kind, name }) => ({ kind, name })),
    [{ kind: "test", name: file }],
  );
});

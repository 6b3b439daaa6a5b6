import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import type { ObservedEdge } from "ashlar/module";
import { createTestDatabase } from "ashlar/testing";
import pg from "pg";
import { readObserved, verdictOn } from "../../src/observed/observed.ts";
import { findProject, type Project } from "../../src/project/project.ts";

const TEST = "modules/ordering/test/place.test.ts";

/** A project of two modules with what its test runs left. */
function project(observed: Readonly<Record<string, string | object>>): Project {
  const root = mkdtempSync(join(tmpdir(), "ashlar-observed-"));
  after(() => rmSync(root, { recursive: true, force: true }));
  for (const [file, content] of Object.entries({
    "package.json": { name: "store", workspaces: ["modules/*"] },
    "modules/ordering/package.json": { name: "@store/ordering" },
    "modules/price-list/package.json": { name: "@store/price-list" },
    [TEST]: "",
    ...Object.fromEntries(Object.entries(observed).map(([name, each]) => [`.ashlar/observed/${name}`, each])),
  })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), typeof content === "string" ? content : JSON.stringify(content));
  }
  return findProject(root);
}

const edge = (to: string, count: number, day: number): ObservedEdge => ({
  kind: "call",
  from: "ordering.place",
  to,
  count,
  firstAt: `2026-03-0${day}T00:00:00.000Z`,
  lastAt: `2026-03-0${day}T01:00:00.000Z`,
});

const run = (parts: object) => ({
  version: 1,
  test: TEST,
  calls: "direct",
  at: "2026-03-05T00:00:00.000Z",
  edges: [],
  reads: {},
  present: {},
  ...parts,
});

test("without any test run nothing was observed", async () => {
  assert.deepEqual(await readObserved(project({})), { edges: [], reads: {}, present: {}, sources: [] });
});

test("test runs add up: counts as sums, from the first time to the last, reads as a union", async () => {
  const observed = await readObserved(
    project({
      "a.json": run({
        edges: [edge("price_list.find", 3, 2)],
        reads: { "ordering.place": { "price_list.find": ["/cents"] } },
      }),
      "b.json": run({
        calls: "serialised",
        edges: [edge("price_list.find", 4, 1), edge("price_list.charge", 1, 3)],
        reads: { "ordering.place": { "price_list.find": ["/cents", "/code"], "price_list.charge": [] } },
      }),
    }),
  );
  assert.deepEqual(observed.edges, [
    edge("price_list.charge", 1, 3),
    { ...edge("price_list.find", 7, 1), lastAt: "2026-03-02T01:00:00.000Z" },
  ]);
  assert.deepEqual(observed.reads, {
    "ordering.place": { "price_list.charge": [], "price_list.find": ["/cents", "/code"] },
  });
  assert.deepEqual(
    observed.sources,
    ["a", "b"].map(() => ({ kind: "test", name: TEST, at: "2026-03-05T00:00:00.000Z" })),
  );
});

test("modules that the project does not have are left out", async () => {
  const reads = { "ordering.place": { "lab.find": ["/a"] }, "lab.place": { "price_list.find": ["/a"] } };
  const observed = await readObserved(
    project({ "a.json": run({ edges: [edge("lab.find", 3, 2)], reads, present: reads }) }),
  );
  assert.deepEqual([observed.edges, observed.reads, observed.present], [[], {}, {}]);
});

test("what is left of a deleted test file, and a file half written, do not count", async () => {
  const gone = run({ test: "modules/ordering/test/gone.test.ts", edges: [edge("price_list.find", 3, 2)] });
  const observed = await readObserved(project({ "a.json": gone, "a.json.4711": "{" }));
  assert.deepEqual([observed.edges, observed.sources], [[], []]);
});

for (const [what, content, message] of [
  [
    "no JSON",
    "{",
    /^\.ashlar\/observed\/a\.json cannot be read: it is no JSON: .* Remove it; the next `npm test`/,
  ],
  [
    "of another version",
    run({ version: 2 }),
    /a\.json cannot be read: it was written by another version of Ashlar \(2\)/,
  ],
  ["null", "null", /a\.json cannot be read: it was written by another version of Ashlar \(none given\)/],
  ["without its edges", run({ edges: null }), /a\.json cannot be read: it is not what a test run writes/],
  [
    "with an edge of no kind",
    run({ edges: [{ ...edge("price_list.find", 1, 1), kind: "guess" }] }),
    /it is not what a test run writes/,
  ],
  [
    "with reads that are no paths",
    run({ reads: { "ordering.place": { "price_list.find": [1] } } }),
    /it is not what a test run writes/,
  ],
] as const) {
  test(`a file that is ${what} is refused by its name`, async () => {
    await assert.rejects(readObserved(project({ "a.json": content })), {
      code: "ASHLAR_CLI_OBSERVED_UNREADABLE",
      message,
    });
  });
}

test("a running app adds what it noted in its database", async () => {
  const nothing = { migrations: "", publishes: [], reads: [] };
  const database = await createTestDatabase({
    app: "observed_cli",
    modules: [
      { name: "ashlar", ...nothing },
      { name: "ordering", ...nothing },
    ],
  });
  const admin = new pg.Client(database.url);
  await admin.connect();
  after(async () => {
    await admin.end();
    await database.drop();
  });
  const store = project({ "a.json": run({ edges: [edge("price_list.find", 3, 2)] }) });
  await admin.query(`insert into ashlar.observed_edges (kind, from_id, to_id, calls, first_at, last_at) values
    ('call', 'ordering.place', 'price_list.find', 5000000000, '2026-03-01T00:00:00Z', '2026-03-07T00:00:00Z')`);
  const { edges, sources } = await readObserved(store, { database: database.url });
  assert.deepEqual(edges, [
    {
      kind: "call",
      from: "ordering.place",
      to: "price_list.find",
      count: 5_000_000_003,
      firstAt: "2026-03-01T00:00:00.000Z",
      lastAt: "2026-03-07T00:00:00.000Z",
    },
  ]);
  assert.deepEqual(sources.at(-1), {
    kind: "database",
    name: "observed_cli",
    at: "2026-03-07T00:00:00.000Z",
  });

  // As a release left it that noted nothing yet.
  await admin.query("drop table ashlar.observed_edges");
  const before = await readObserved(store, { database: database.url });
  assert.deepEqual(before.edges, [edge("price_list.find", 3, 2)]);
  assert.deepEqual(before.sources.at(-1), { kind: "database", name: "observed_cli", at: null });
});

test("a path is read, or was left alone, or nothing is known of it", () => {
  const observed = {
    reads: { "ordering.place": { "price_list.find": ["/total", "/total/amount"] } },
    present: {
      "ordering.place": { "price_list.find": ["/total", "/total/amount", "/total/currency", "/lines"] },
    },
  };
  const verdict = (path: string, consumer = "ordering.place") =>
    verdictOn(observed, consumer, "price_list.find", path);
  assert.equal(verdict("/total/amount"), "read");
  assert.equal(verdict("/total/currency"), "not read");
  assert.equal(verdict("/lines/*/sku"), "not read", "nobody looked into the lines at all");
  assert.equal(verdict("/note"), "unknown", "no value ever had one");
  assert.equal(verdict("/total/rounding"), "unknown");
  assert.equal(verdict("/total", "ordering.cancel"), "unknown", "never watched");
});

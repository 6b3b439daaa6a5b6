import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "ashlar/http";
import type { DatabaseReplication, DatabaseStatements, DatabaseTables } from "../../api/database.ts";
import { openWard } from "./ward.ts";

const ward = await openWard();
const SLOW = "-4611686018427387904";
const QUICK = "77";

// Of this hour and of the one before: ordering's statement became ten times as slow.
await ward.sql("delete from ashlar.database_cost");
await ward.sql(`
  insert into ashlar.database_cost
  select date_trunc('minute', now()) - make_interval(mins => n), module, 100, ms, 200, 1000, 10, 5, 4096, 0
  from generate_series(0, 110) n, (values ('ordering', 600.0), ('billing', 200.0), ('', 200.0)) m (module, ms)`);
await ward.sql(
  `insert into ashlar.statement_cost
   select date_trunc('hour', now(), 'UTC') - make_interval(hours => ago), module, id, calls, ms, calls, max
   from (values (0, 'ordering', ${SLOW}, 100, 30000.0, 900.0), (1, 'ordering', ${SLOW}, 100, 3000.0, 80.0),
     (0, 'billing', ${QUICK}, 1000, 1000.0, 4.0)) c (ago, module, id, calls, ms, max)`,
);
await ward.sql(`insert into ashlar.statement_texts values
  (${SLOW}, 'select * from ordering.notes where text = $1'), (${QUICK}, 'select 1 from billing.notes')`);

test("statements: shares of the modules, the dearest first, and their curves", async () => {
  // Not an hour, which in its last minute has no part in the hour before.
  const statements = await ward.read<DatabaseStatements>("/database/statements", { range: "6h" });
  assert.deepEqual(
    statements.modules.map(({ module, share }) => [module, Math.round(share * 10)]),
    [
      ["ordering", 6],
      [null, 2],
      ["billing", 2],
    ],
  );
  assert.deepEqual(
    statements.top.map(({ id, module, meanMs }) => [id, module, meanMs]).slice(0, 2),
    // Whole hours: that of an hour ago counts too.
    [
      [SLOW, "ordering", 165],
      [QUICK, "billing", 1],
    ],
  );
  const hour = await ward.read<DatabaseStatements>("/database/statements", { range: "1h" });
  assert.equal(hour.time.times.length, 60);
  assert.equal(hour.time.values.ordering![30], 10);
  assert.equal(statements.obstacle, null);
});

test("statements: of one module alone, over days", async () => {
  const found = await ward.read<DatabaseStatements>("/database/statements", {
    range: "7d",
    module: "billing",
  });
  assert.deepEqual(Object.keys(found.time.values), ["billing"]);
  assert.ok(found.top.every(({ module }) => module === "billing"));
  assert.ok(found.time.times.length <= 84);
});

test("statements: one that became slower is named with its mean before and after", async () => {
  const { regressions } = await ward.read<DatabaseStatements>("/database/statements");
  assert.equal(regressions.length, 1);
  const [regression] = regressions;
  assert.equal(regression!.id, SLOW);
  assert.equal(regression!.meanMsBefore, 30);
  assert.equal(regression!.meanMs, 300);
  assert.equal(regression!.factor, 10);
});

test("statements: one by its id, hour by hour", async () => {
  const { statement } = await ward.read<DatabaseStatements>("/database/statements", { statement: SLOW });
  assert.equal(statement!.text, "select * from ordering.notes where text = $1");
  assert.equal(statement!.module, "ordering");
  assert.deepEqual(statement!.hours.values.mean!.slice(-2), [30, 300]);
  assert.equal(statement!.hours.values.mean![0], null);
  const unknown = await ward.read<DatabaseStatements>("/database/statements", { statement: "1" });
  assert.equal(unknown.statement, null);
});

test("statements: one that is not noted yet is told from PostgreSQL's own count", async () => {
  const [reading] = await ward.sql("select query_id::text as id from ashlar.statement_statistics() limit 1");
  const { statement } = await ward.read<DatabaseStatements>("/database/statements", {
    statement: reading!.id as string,
  });
  assert.equal(statement!.isNew, true);
  assert.ok(statement!.calls > 0);
});

test("tables: a table with partitions is one, and each sort leads with what it is for", async () => {
  const bySize = await ward.read<DatabaseTables>("/database/tables");
  const jobs = bySize.tables.find(({ module, name }) => module === "ordering" && name === "_finished_jobs");
  assert.ok(jobs!.partitions >= 4);
  assert.ok(jobs!.totalBytes > 0);
  assert.ok(!bySize.tables.some(({ name }) => /_\d{8}$/.test(name)));
  const sizes = bySize.tables.map(({ totalBytes }) => totalBytes);
  assert.deepEqual(
    sizes,
    sizes.toSorted((one, other) => other - one),
  );
  const ofOne = await ward.read<DatabaseTables>("/database/tables", { module: "billing", sort: "name" });
  assert.ok(ofOne.tables.length > 0 && ofOne.tables.every(({ module }) => module === "billing"));
  assert.ok(ofOne.freezeAge > 0 && ofOne.databaseBytes > 0);
});

test("replication: nobody follows, and nothing is hidden from the console", async () => {
  const before = await ward.read<DatabaseReplication>("/database/replication");
  assert.deepEqual(before.replicas, []);
  assert.equal(before.hidden, null);
  assert.ok(before.checkpoints.timed >= 0);
});

test("what is not understood is refused and named", async () => {
  for (const [path, query] of [
    ["/database/statements", { range: "1y" }],
    ["/database/statements", { statement: "1 or 1=1" }],
    ["/database/statements", { statement: "9223372036854775808" }],
    ["/database/statements", { module: "nowhere" }],
    ["/database/tables", { sort: "size; drop table" }],
  ] as const) {
    await assert.rejects(
      ward.read(path, query),
      (error: Refusal) => error instanceof Refusal && error.problem.errors!.length === 1,
    );
  }
});

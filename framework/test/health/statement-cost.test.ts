import assert from "node:assert/strict";
import { test } from "node:test";
import { DatabaseCost } from "../../src/health/database-cost.ts";
import { sampleDatabaseCost } from "../../src/health/database-cost-sample.ts";
import { statement } from "../../src/postgres/index.ts";
import { APP, BILLING, costDatabase, distinctStatement, ORDERING } from "./cost-database.ts";

const database = await costDatabase();
const { adminQuery } = database;
const pool = database.newPool();
const cost = new DatabaseCost(pool, APP);

const NOON = Date.UTC(2031, 0, 1, 12, 0, 30);
/** A sample of the nth minute after noon. */
const sampleOf = (n: number) => sampleDatabaseCost(pool, APP, new Date(NOON + n * 60_000));
const hour = (n: number) => ({
  from: new Date(Date.UTC(2031, 0, 1, 12 + n)),
  until: new Date(Date.UTC(2031, 0, 1, 13 + n)),
});

const seconds = (module: "ordering" | "billing", milliseconds: number) =>
  module === "ordering"
    ? statement`select count(*), pg_sleep(${milliseconds / 1000}::float8) from ordering.items where id = 77`
    : statement`select count(*), pg_sleep(${milliseconds / 1000}::float8) from billing.items where note = 'confidential'`;

test("a statement that became slow is named, with how much; one that runs more often is not", async () => {
  await sampleOf(1);
  for (let n = 0; n < 4; n++) await pool.execute(ORDERING.reader, seconds("ordering", 5));
  await pool.execute(BILLING.app, seconds("billing", 20));
  await sampleOf(2);
  await pool.execute(ORDERING.app, seconds("ordering", 15));
  await sampleOf(3);
  await sampleOf(61);
  for (let n = 0; n < 3; n++) await pool.execute(ORDERING.reader, seconds("ordering", 60));
  for (let n = 0; n < 5; n++) await pool.execute(BILLING.app, seconds("billing", 20));
  await sampleOf(62);

  const [first, ...others] = await cost.topStatements({ ...hour(0), module: "ordering" });
  assert.equal(others.length, 0);
  assert.match(
    first!.text!,
    /^select count\(\*\), pg_sleep\(\$1::float8\) from ordering\.items where id = \$2$/,
  );
  // The reader's four and the app role's one, over two minutes.
  assert.equal(first!.calls, 5);
  assert.equal(first!.rows, 5);
  assert.ok(first!.maxMs >= 15 && first!.meanMs >= 7 && first!.meanMs < first!.maxMs);

  const changed = await cost.regressions({ at: hour(1).from });
  assert.deepEqual(
    changed.map(({ module, calls }) => [module, calls]),
    [["ordering", 3]],
  );
  assert.ok(changed[0]!.factor > 3 && changed[0]!.meanMs >= 60 && changed[0]!.share > 0.3);
  assert.deepEqual(await cost.regressions({ at: hour(1).from, factor: 50 }), []);
  assert.deepEqual(await cost.regressions({ at: hour(1).from, share: 0.99 }), []);
  assert.deepEqual(await cost.regressions({ at: hour(0).from }), []);
});

test("of an hour no more than the fifty dearest statements of a module are kept", async () => {
  await sampleOf(121);
  for (let n = 0; n < 80; n++) await pool.execute(BILLING.reader, distinctStatement(n));
  await pool.execute(BILLING.reader, seconds("billing", 30));
  await sampleOf(122);
  const kept = await cost.topStatements({ ...hour(2), module: "billing", limit: 1_000 });
  assert.equal(kept.length, 50);
  assert.match(kept[0]!.text!, /pg_sleep/);
  const [known] = await adminQuery`
    select calls from ashlar.database_cost where minute = '2031-01-01 14:02Z' and module = 'billing'`;
  assert.equal(known!.calls, 81);
  // One that is dear later in the hour takes its place.
  await pool.execute(BILLING.reader, {
    text: "select id as late, pg_sleep(0.03) from billing.items right join (values (1)) v on true",
    values: [],
  });
  await sampleOf(123);
  const later = await cost.topStatements({ ...hour(2), module: "billing", limit: 1_000 });
  assert.equal(later.length, 50);
  assert.ok(later.some(({ text }) => text!.includes("late")));
});

test("minutes are forgotten after 30 days, statements after 7, with their texts", async () => {
  const day = 24 * 60;
  await sampleOf(8 * day);
  const left = await adminQuery`
    select (select count(*) > 0 from ashlar.database_cost where minute < '2031-01-02') as minutes,
      (select count(*)::int from ashlar.statement_cost where hour < '2031-01-02') as statements,
      (select count(*)::int from ashlar.statement_texts where text like '%pg_sleep%') as texts`;
  assert.deepEqual(left, [{ minutes: true, statements: 0, texts: 0 }]);
  await sampleOf(31 * day + 240);
  const [none] =
    await adminQuery`select count(*)::int as minutes from ashlar.database_cost where minute < '2031-01-02'`;
  assert.equal(none!.minutes, 0);
});

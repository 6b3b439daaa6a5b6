import assert from "node:assert/strict";
import { test } from "node:test";
import { DatabaseCost } from "../../src/health/database-cost.ts";
import { type DatabaseCostSample, sampleDatabaseCost } from "../../src/health/database-cost-sample.ts";
import { statement } from "../../src/postgres/index.ts";
import { APP, BILLING, costDatabase, ORDERING, WORKER } from "./cost-database.ts";

const database = await costDatabase();
const { adminQuery, admin } = database;
const pool = database.newPool();
const cost = new DatabaseCost(pool, APP);

const START = Date.UTC(2031, 0, 1, 12, 0, 30);
let minutes = 0;

/** The next minute's sample. */
async function sample(): Promise<DatabaseCostSample> {
  return await sampleDatabaseCost(pool, APP, minute(++minutes));
}

const minute = (n: number) => new Date(START + n * 60_000);

/** What is noted for the last minute of one module. */
async function lastMinute(module: string) {
  const from = new Date(minute(minutes - 1).getTime() + 30_000);
  const all = await cost.byModule({ from, until: new Date(from.getTime() + 60_000) });
  return all.find((row) => row.module === module);
}

const insert = (module: "ordering" | "billing", from: number, count: number) =>
  module === "ordering"
    ? statement`insert into ordering.items select n, repeat('o', 200) from generate_series(${from}::int, ${from + count - 1}::int) n`
    : statement`insert into billing.items select n, repeat('b', 900) from generate_series(${from}::int, ${from + count - 1}::int) n`;

/** Of one role, as pg_stat_statements has it. */
const byHand = async (role: string) => {
  const [row] = await adminQuery`
    select sum(calls)::bigint as calls, sum(rows)::bigint as rows, sum(wal_bytes)::bigint as "walBytes",
      sum(shared_blks_dirtied)::bigint as "blocksDirtied", sum(shared_blks_hit)::bigint as "blocksHit"
    from ashlar_statistics.pg_stat_statements s where userid = ${role}::regrole`;
  return row!;
};

test("the first sample counts nothing: what is there was counted at other times", async () => {
  await pool.execute(ORDERING.app, insert("ordering", 1, 10));
  assert.deepEqual(await sample(), {
    outcome: "sampled",
    minute: "2031-01-01T12:01:00.000Z",
    isCounted: false,
    statements: 0,
    hasDropped: false,
  });
  assert.deepEqual(await adminQuery`select * from ashlar.database_cost`, []);
});

test("two modules in one transaction are told apart, to the byte", async () => {
  await admin("select ashlar_statistics.pg_stat_statements_reset()");
  await sample();
  const before = { ordering: await byHand(ORDERING.app), billing: await byHand(BILLING.app) };
  assert.equal(before.billing.calls, null);

  const transaction = pool.begin();
  await transaction.execute(ORDERING.app, insert("ordering", 1_000, 2_000));
  await transaction.execute(BILLING.app, insert("billing", 1_000, 500));
  await transaction.execute(ORDERING.app, statement`delete from ordering.items where id = 1001`);
  await transaction.commit();
  const reading = statement`select count(*) from ordering.items`;
  await pool.execute(ORDERING.reader, reading);

  const ordering = await byHand(ORDERING.app);
  const ofReader = await byHand(ORDERING.reader);
  const billing = await byHand(BILLING.app);
  await sample();

  for (const [module, roles] of [
    ["ordering", [ordering, ofReader]],
    ["billing", [billing]],
  ] as const) {
    const { calls, rows, walBytes, blocksDirtied, blocksHit } = (await lastMinute(module))!;
    const sum = (field: string) => roles.reduce((total, role) => total + Number(role[field]), 0);
    assert.deepEqual(
      { calls, rows, walBytes, blocksDirtied, blocksHit },
      {
        calls: sum("calls"),
        rows: sum("rows"),
        walBytes: sum("walBytes"),
        blocksDirtied: sum("blocksDirtied"),
        blocksHit: sum("blocksHit"),
      },
    );
  }
  assert.equal((await lastMinute("billing"))!.rows, 500);
  assert.ok((await lastMinute("billing"))!.walBytes > 500 * 900);
});

const NOTES = statement`update billing.items set note = 'x' where id = ${1_000}`;

async function runTimes(times: number): Promise<void> {
  for (let n = 0; n < times; n++) await pool.execute(BILLING.app, NOTES);
}

test("after a reset counting begins anew, even if the new count passes the old one", async () => {
  await sample();
  await runTimes(3);
  await sample();
  assert.equal((await lastMinute("billing"))!.calls, 3);

  await runTimes(2);
  await admin("select ashlar_statistics.pg_stat_statements_reset()");
  await runTimes(5);
  await sample();
  // The two before the reset are lost; that there were three before them must not be taken off the five.
  assert.equal((await lastMinute("billing"))!.calls, 5);

  await admin(`select ashlar_statistics.pg_stat_statements_reset('${BILLING.app}'::regrole)`);
  await runTimes(1);
  await sample();
  assert.equal((await lastMinute("billing"))!.calls, 1);
  await sample();
  assert.equal(await lastMinute("billing"), undefined);
});

test("of samplers that look at the same moment one counts the minute", async () => {
  const pools = [pool, database.newPool(), database.newPool()];
  for (let round = 0; round < 10; round++) {
    await runTimes(4);
    const at = minute(++minutes);
    const samples = await Promise.all(
      [...pools, ...pools].map((other) => sampleDatabaseCost(other, APP, at)),
    );
    assert.equal(samples.filter(({ outcome }) => outcome === "sampled").length, 1);
    assert.equal((await lastMinute("billing"))!.calls, 4);
  }
  const [noted] = await adminQuery`
    select count(*)::int as rows, count(distinct (minute, module))::int as minutes from ashlar.database_cost`;
  assert.equal(noted!.rows, noted!.minutes);
});

test("who finds another at work leaves it to him, and a later one counts what he did not", async () => {
  await sample();
  await runTimes(2);
  const other = pool.begin();
  await other.execute(WORKER, statement`select from ashlar.database_cost_sampling for update`);
  assert.deepEqual(await sample(), { outcome: "left to another" });
  await other.rollback();
  assert.equal((await sample()).outcome, "sampled");
  assert.equal((await lastMinute("billing"))!.calls, 2);
});

test("a sampler that dies halfway loses and doubles nothing", async () => {
  await sample();
  await runTimes(2);
  await admin(
    "alter table ashlar.statement_cost add constraint planted check (hour < '2000-01-01') not valid",
  );
  await assert.rejects(sample());
  await admin("alter table ashlar.statement_cost drop constraint planted");
  await sample();
  assert.equal((await lastMinute("billing"))!.calls, 2);
});

test("all that ran is in the sums: modules, framework and everybody else", async () => {
  await admin("select ashlar_statistics.pg_stat_statements_reset()");
  await sample();
  const from = minute(minutes);
  for (let n = 0; n < 3; n++) {
    await runTimes(n);
    await admin("select count(*) from billing.items");
    await pool.execute(ORDERING.reader, statement`select note from ordering.items limit 3`);
    await sample();
  }
  const modules = await cost.byModule({ from, until: minute(minutes) });
  assert.deepEqual(
    new Set(modules.map(({ module }) => module)),
    new Set(["", "ashlar", "billing", "ordering"]),
  );
  assert.ok(Math.abs(modules.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
  assert.deepEqual(
    modules.map(({ ms }) => ms),
    modules.map(({ ms }) => ms).toSorted((a, b) => b - a),
  );
  const [billing] = modules.filter(({ module }) => module === "billing");
  const curve = await cost.byMinute({ from, until: minute(minutes), module: "billing" });
  assert.equal(
    curve.reduce((sum, { calls }) => sum + calls, 0),
    billing!.calls,
  );
  assert.equal(billing!.calls, 3);
});

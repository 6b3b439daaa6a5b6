import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { DatabaseCost } from "../../src/health/database-cost.ts";
import { sampleDatabaseCost } from "../../src/health/database-cost-sample.ts";
import { statement } from "../../src/postgres/index.ts";
import { withoutConstants } from "../../src/postgres/sql-scanner.ts";
import { APP, BILLING, costDatabase, ORDERING, WORKER } from "./cost-database.ts";

// The worst case: utility statements, whose constants the server does not replace, are kept by it too.
const database = await costDatabase({ "pg_stat_statements.track_utility": "on" });
const { adminQuery, admin } = database;
const pool = database.newPool();
const cost = new DatabaseCost(pool, APP);

const NOON = Date.UTC(2031, 0, 1, 12, 0, 30);
/** A sample of the nth minute after noon. */
const sampleOf = (n: number) => sampleDatabaseCost(pool, APP, new Date(NOON + n * 60_000));

test("no secret gets into what is kept", async () => {
  const secret = "hunter2-not-to-be-told";
  await sampleOf(1);
  // By an administrator, who is no module.
  await admin(`create role somebody password '${secret}'`);
  await admin(`alter role somebody password '${secret}'`);
  await admin(`select '${secret}'`);
  // By a migration, that is, by a module's owner: these are counted for the module.
  await admin(`
    begin; set local role ${ORDERING.owner};
    comment on table ordering.items is '${secret}';
    create table ordering.others (note text default '${secret}');
    commit`);
  // Prepared before a reset: what the server keeps of the next run is the text as it was sent.
  const session = new pg.Client(database.url);
  await session.connect();
  try {
    await session.query(`set role ${BILLING.app}`);
    const prepared = {
      name: "s",
      text: `select count(*) as /* ${secret} */ n, pg_sleep(0.01) from billing.items where note = '${secret}' and id <> 424242`,
    };
    await session.query(prepared);
    await admin("select ashlar_statistics.pg_stat_statements_reset()");
    await session.query(prepared);
  } finally {
    await session.end();
  }
  await admin(
    `begin; set local role ${BILLING.owner}; comment on table billing.items is '${secret}'; commit`,
  );
  const [plain] = await adminQuery<{ texts: number }>`
    select count(*)::int as texts from ashlar_statistics.pg_stat_statements where query like ${`%${secret}%`}`;
  assert.ok(plain!.texts >= 2, "the server keeps the secret, so the test can fail");
  await sampleOf(2);

  const kept = await cost.topStatements({
    from: new Date(NOON),
    until: new Date(NOON + 60_000),
    limit: 1_000,
  });
  const texts = kept.map(({ text }) => text!);
  assert.ok(texts.includes("comment ..."), texts.join("\n"));
  assert.ok(
    texts.includes("select count(*) as n, pg_sleep(?) from billing.items where note = ? and id <> ?"),
    texts.join("\n"),
  );
  const everything = await adminQuery<{ all: string }>`
    select concat((select string_agg(t::text, ' ') from ashlar.statement_texts t),
      (select string_agg(t::text, ' ') from ashlar.statement_cost t),
      (select string_agg(t::text, ' ') from ashlar.statement_snapshot t)) as all`;
  assert.doesNotMatch(everything[0]!.all, /hunter2|424242/);
});

test("the worker role sees statistics of this app and nothing more, the modules see none", async () => {
  const secret = "what the administrator does";
  await admin(`create role bystander`);
  await admin(`grant pg_read_all_data to bystander; set role bystander`);
  await admin(`select '${secret}' as administered`);
  await admin("reset role");
  const [others] = await adminQuery<{ ids: string[] }>`
    select array_agg(queryid::text) as ids from ashlar_statistics.pg_stat_statements
    where query like '%administered%' or query like 'CREATE ROLE%'`;
  const asWorker = (query: { text: string; values: readonly unknown[] }) => pool.execute(WORKER, query);
  assert.deepEqual(
    (await asWorker(statement`select * from ashlar.texts_of_statements(${others!.ids}::bigint[])`)).rows,
    [],
  );
  for (const [role, refused] of [
    [WORKER, "select from ashlar_statistics.pg_stat_statements"],
    [WORKER, "select from ashlar_statistics.pg_stat_statements(true)"],
    [WORKER, "select ashlar_statistics.pg_stat_statements_reset()"],
    [BILLING.app, "select from ashlar_statistics.pg_stat_statements"],
    [BILLING.app, "select from ashlar.statement_statistics()"],
    [BILLING.app, "select from ashlar.texts_of_statements(array[1])"],
    [BILLING.reader, "select from ashlar.database_cost"],
  ] as const) {
    await assert.rejects(pool.execute(role, { text: refused, values: [] }), { sqlState: "42501" }, refused);
  }
  const [rights] = await adminQuery`
    select pg_has_role(${WORKER}, 'pg_read_all_stats', 'MEMBER') as worker, pg_has_role(${APP}, 'pg_read_all_stats', 'MEMBER') as login,
      pg_has_role('costtests_ashlar_owner', 'pg_read_all_stats', 'SET') as set_by_owner`;
  assert.deepEqual(rights, { worker: false, login: false, set_by_owner: false });
});

for (const [text, expected] of [
  ["select a2, $12, 'x', E'a\\'b' from \"My 1\".t2", 'select a2, $12, ?, ? from "My 1".t2'],
  ["select 1 -- don't\n where pin = 1234.5e10 and y=$3::int4", "select ? where pin = ? and y=$3::int4"],
  ["select 2 /* 'a' /* b */ 'c' */, 'd'", "select ? , ?"],
  ["values (1,0x1F,.5,-7)", "values (?,?,?,-?)"],
  ["select $tag$ secret $tag$, $$ other $$, U&'\\0041', b'01', $1", "select ?, ?, ?, ?, $1"],
  ["select 'cut off in the mid", "select ?"],
  ["select x /* cut off", "select x"],
] as const) {
  test(`constants and comments are taken out of: ${text}`, () => {
    assert.equal(withoutConstants(text), expected);
  });
}

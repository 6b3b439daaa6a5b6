import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { type Logger, pino } from "pino";
import { DatabaseCost } from "../../src/health/database-cost.ts";
import { sampleDatabaseCost } from "../../src/health/database-cost-sample.ts";
import { DatabaseCostSampler } from "../../src/health/database-cost-sampler.ts";
import { Pool, prepareDatabase, statement } from "../../src/postgres/index.ts";
import { scratchDatabase } from "../postgres/scratch.ts";
import { APP, BILLING, costDatabase, distinctStatement } from "./cost-database.ts";

const NOON = Date.UTC(2031, 0, 1, 12, 0, 30);
const minute = (n: number) => new Date(NOON + n * 60_000);

function keepingLog(): { log: Logger; lines: { level: number; msg: string; remedy?: string }[] } {
  const lines: { level: number; msg: string; remedy?: string }[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { log: pino(stream), lines };
}

test("a server that does not load the library: said once, and the app lives", async () => {
  const database = await costDatabase({ shared_preload_libraries: "" });
  const pool = database.newPool();
  const { log, lines } = keepingLog();
  const sampler = new DatabaseCostSampler({ app: APP, pool: () => pool, log });
  sampler.start();
  await sampler.sample(minute(1));
  await sampler.sample(minute(2));
  sampler.stop();
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ["What each module costs the database is not counted: the server does not load pg_stat_statements"],
  );
  assert.match(lines[0]!.remedy!, /shared_preload_libraries/);
  assert.deepEqual(await new DatabaseCost(pool, APP).byModule({ from: minute(0), until: minute(9) }), []);
});

test("what a superuser has to run is said, and helps", async () => {
  const database = await costDatabase();
  const pool = database.newPool();
  await database.admin("drop extension pg_stat_statements; drop schema ashlar_statistics");
  const missing = await sampleDatabaseCost(pool, APP, minute(1));
  assert.ok(missing.outcome === "unavailable" && missing.obstacle.kind === "missing");
  await database.admin(missing.obstacle.remedy);
  assert.equal((await sampleDatabaseCost(pool, APP, minute(2))).outcome, "sampled");

  await database.admin("revoke pg_read_all_stats from costtests_ashlar_owner");
  const refused = await sampleDatabaseCost(pool, APP, minute(3));
  assert.ok(refused.outcome === "unavailable" && refused.obstacle.kind === "not_allowed");
  await database.admin(refused.obstacle.remedy);
  assert.equal((await sampleDatabaseCost(pool, APP, minute(4))).outcome, "sampled");
});

test("an extension that somebody put into another schema is read there", async () => {
  const database = await costDatabase();
  const pool = database.newPool();
  await database.admin("alter extension pg_stat_statements set schema public");
  const refused = await sampleDatabaseCost(pool, APP, minute(1));
  assert.ok(refused.outcome === "unavailable" && refused.obstacle.kind === "not_allowed");
  await database.prepare();
  assert.equal((await sampleDatabaseCost(pool, APP, minute(2))).outcome, "sampled");
});

test("an administrator who is no superuser can start the app", async () => {
  const { app, adminUrl, superuserUrl, model } = await scratchDatabase("owner");
  const prepare = () => prepareDatabase({ adminUrl, model: model({ ashlar: {} }) });
  const { connection, softWalls } = await prepare();
  assert.ok(softWalls.every(({ wall }) => !wall.includes("stat")));
  const pool = new Pool({ connection, max: 1, strictGate: true });
  try {
    const missing = await sampleDatabaseCost(pool, app, minute(1));
    assert.ok(missing.outcome === "unavailable" && missing.obstacle.kind === "missing");
    const { default: pg } = await import("pg");
    const superuser = new pg.Client(superuserUrl);
    await superuser.connect();
    await superuser.query(missing.obstacle.remedy);
    await superuser.end();
    await prepare();
    assert.equal((await sampleDatabaseCost(pool, app, minute(2))).outcome, "sampled");
  } finally {
    await pool.stop();
  }
});

test("a server that drops statements to make room is noticed; what comes back counts in full", async () => {
  const database = await costDatabase({ "pg_stat_statements.max": "100" });
  const pool = database.newPool();
  const { log, lines } = keepingLog();
  const sampler = new DatabaseCostSampler({ app: APP, pool: () => pool, log });
  const rare = statement`select count(*) as rare from billing.items`;
  await pool.execute(BILLING.app, rare);
  await sampler.sample(minute(1));
  for (let n = 0; n < 400; n++) {
    for (let twice = 0; twice < 2; twice++) await pool.execute(BILLING.app, distinctStatement(n));
  }
  const [row] = await database.adminQuery`
    select count(*)::int as rare from ashlar_statistics.pg_stat_statements where query like '%as rare from billing%'`;
  assert.equal(row!.rare, 0, "it was dropped, so the test can fail");
  await sampler.sample(minute(2));
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ["pg_stat_statements drops statements to make room, so some cost is not counted"],
  );
  const [noted] =
    await database.adminQuery`select dropped_at is not null as noted from ashlar.database_cost_sampling`;
  assert.deepEqual(noted, { noted: true });

  for (let n = 0; n < 9; n++) await pool.execute(BILLING.app, rare);
  await sampler.sample(minute(3));
  const [last] = await database.adminQuery<{ calls: number }>`
    select calls from ashlar.database_cost where module = 'billing' order by minute desc limit 1`;
  assert.equal(last!.calls, 9);
  sampler.stop();
});

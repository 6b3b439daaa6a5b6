import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { replicationLag } from "../../src/health/checks/replication-lag.ts";
import { HealthMonitor, objectives } from "../../src/health/index.ts";
import { atEndOfFile } from "../../src/testing/end-of-file.ts";
import { eventually, startTestServer } from "../../src/testing/index.ts";
import { standingReplica } from "./standing-replica.ts";

// The server of other tests keeps no WAL for anybody.
const server = await startTestServer({ settings: { wal_level: "logical", max_wal_senders: "4" } });
const admin = new pg.Client(server.url);
await admin.connect();
const monitor = new HealthMonitor({
  checks: [replicationLag({ bytes: 1_000_000 })],
  url: server.url,
  scene: {
    app: "replicated",
    modules: [],
    pools: [],
    routeStats: null,
    objectives: objectives(),
    now: Date.now,
  },
});
atEndOfFile(async () => {
  await monitor.stop();
  await admin.end();
  await server.stop();
});

async function looks(rounds: number) {
  for (let round = 0; round < rounds; round++) await monitor.look();
  return monitor.now().firing;
}

test("replication-lag: a slot whose reader does not come", async () => {
  assert.deepEqual(await looks(2), []);
  await admin.query("select pg_create_physical_replication_slot('warehouse', true)");
  assert.deepEqual(await looks(2), []);
  assert.deepEqual(monitor.now().blind, []);
  await admin.query(
    "create table filler as select repeat(md5(n::text), 20) from generate_series(1, 20000) n",
  );
  const [firing, ...others] = await looks(2);
  assert.deepEqual(others, []);
  assert.equal(firing!.title, "Replication slot warehouse is read by nobody and keeps WAL");
  assert.match(firing!.evidence[0]!, /^\d+\.\d MiB of WAL behind, state reserved/);
  await admin.query(firing!.actions[0]!.sql!);
  assert.deepEqual(await looks(3), []);
});

test("replication-lag: a connected replica that does not keep up, until it does", async () => {
  const replica = await standingReplica(server.url, "second-site");
  await eventually("the server knows how far it is", async () => {
    const { rows } = await admin.query("select from pg_stat_replication where replay_lsn is not null");
    return rows.length === 1;
  });
  assert.deepEqual(await looks(2), []);
  await admin.query("create table more as select repeat(md5(n::text), 20) from generate_series(1, 20000) n");
  const [firing, ...others] = await looks(2);
  assert.deepEqual(others, []);
  assert.equal(firing!.title, "Replica second-site is behind");
  assert.match(firing!.evidence[0]!, /^\d+\.\d MiB of WAL behind.*, state (catchup|streaming)/);
  const { rows } = await admin.query("select pg_current_wal_lsn()::text as lsn");
  replica.replayed(rows[0].lsn);
  await eventually("the server has heard it", async () => {
    const answer = await admin.query("select from pg_stat_replication where replay_lsn >= $1", [rows[0].lsn]);
    return answer.rows.length === 1;
  });
  assert.deepEqual(await looks(3), []);
  await replica.leave();
});

import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { replicationLag } from "../../src/health/checks/replication-lag.ts";
import { HealthMonitor, objectives } from "../../src/health/index.ts";
import { atEndOfFile } from "../../src/testing/end-of-file.ts";
import { startTestServer } from "../../src/testing/index.ts";

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

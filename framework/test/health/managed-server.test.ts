import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { firingChecks, HealthMonitor, objectives } from "../../src/health/index.ts";
import { prepareDatabase } from "../../src/postgres/index.ts";
import { atEndOfFile } from "../../src/testing/end-of-file.ts";
import { scratchDatabase } from "../postgres/scratch.ts";

// As on a managed PostgreSQL, where nobody gets to be superuser.
const { app, adminUrl, model, sql } = await scratchDatabase("owner");
const { modules } = model({ ashlar: {}, catalog: {} });
await prepareDatabase({ adminUrl, model: { app, modules }, loginPassword: "secret" });
const login = new URL(adminUrl);
login.username = app;

function watch(url: string): HealthMonitor {
  const monitor = new HealthMonitor({
    checks: firingChecks(),
    url,
    scene: {
      app,
      modules: ["catalog"],
      pools: [],
      routeStats: () => [],
      objectives: objectives(),
      now: Date.now,
    },
  });
  atEndOfFile(() => monitor.stop());
  return monitor;
}

async function blindOf(monitor: HealthMonitor): Promise<Record<string, string>> {
  await monitor.look();
  return Object.fromEntries(monitor.now().blind.map(({ check, reason }) => [check, reason]));
}

test("what is hidden from the owner of the database he is told, and is not taken for quiet", async () => {
  const session = new pg.Client(login.href);
  await session.connect();
  await session.query("begin; select 1");
  const monitor = watch(adminUrl);
  const blind = await blindOf(monitor);
  await session.end();
  for (const check of ["transaction-held", "blocking", "pool-holder"]) {
    assert.match(blind[check]!, /what 1 sessions of .* do is hidden: grant pg_read_all_stats to ".*_admin"/);
  }
  assert.match(blind["disk-space"]!, /on another machine/);
  for (const check of ["dead-letters", "queue-stuck", "relay-lag", "worker-silent", "table-bloat"]) {
    assert.equal(blind[check], undefined);
  }
});

test("with pg_read_all_stats the owner sees all but the disk", async () => {
  await sql(`grant pg_read_all_stats to ${app}_admin`);
  const blind = await blindOf(watch(adminUrl));
  delete blind["slow-statement"];
  assert.deepEqual(Object.keys(blind), ["disk-space"]);
});

test("the app's own login sees the queues and its own sessions", async () => {
  const blind = await blindOf(watch(login.href));
  assert.deepEqual(
    Object.keys(blind).filter((check) => !["slow-statement", "disk-space"].includes(check)),
    [],
  );
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type DatabaseError, statement } from "../../src/postgres/index.ts";
import { CATALOG, ORDERING, startWalledCluster, type WalledCluster } from "./walled-cluster.ts";

let cluster: WalledCluster;

before(async () => {
  cluster = await startWalledCluster();
});

after(() => cluster.stop());

const who = statement`select current_user as who`;

test("a server restarted under load is used again without a restart of the process", {
  timeout: 30_000,
}, async () => {
  const pool = cluster.pool({ max: 6, waitTimeoutMs: 10_000 });
  const failures = new Map<string, number>();
  const acknowledged: number[] = [];
  const unknown: number[] = [];
  let nextId = 10_000;
  let isRunning = true;
  let succeededSinceRestart = 0;
  const restarted = { isDone: false };

  const worker = async () => {
    while (isRunning) {
      const id = nextId++;
      const transaction = pool.begin();
      try {
        await transaction.execute(CATALOG, statement`insert into catalog.items values (${id}, 'x', 1)`);
        const { rows } = await transaction.execute(ORDERING, who);
        assert.equal(rows[0]?.who, ORDERING);
        await transaction.commit();
        acknowledged.push(id);
        if (restarted.isDone) succeededSinceRestart++;
      } catch (thrown) {
        const error = thrown as DatabaseError;
        failures.set(error.code, (failures.get(error.code) ?? 0) + 1);
        if (error.code === "ASHLAR_COMMIT_OUTCOME_UNKNOWN") unknown.push(id);
        await transaction.rollback();
      }
    }
  };
  const workers = Array.from({ length: 12 }, worker);
  while (acknowledged.length < 200) await pause(5);
  await cluster.restart();
  restarted.isDone = true;
  while (succeededSinceRestart < 200) await pause(5);
  isRunning = false;
  await Promise.all(workers);

  const expected = new Set([
    "ASHLAR_DATABASE_UNAVAILABLE",
    "ASHLAR_TRANSACTION_ABORTED",
    "ASHLAR_COMMIT_OUTCOME_UNKNOWN",
  ]);
  assert.deepEqual(
    [...failures.keys()].filter((code) => !expected.has(code)),
    [],
  );
  const { rows } = await pool.execute(CATALOG, statement`select id from catalog.items where id >= 10000`);
  const stored = new Set(rows.map(({ id }) => id));
  assert.deepEqual(
    acknowledged.filter((id) => !stored.has(id)),
    [],
    "no acknowledged transaction is lost",
  );
  const answered = new Set([...acknowledged, ...unknown]);
  assert.deepEqual(
    [...stored].filter((id) => !answered.has(id as number)),
    [],
    "no failed transaction is stored",
  );
  await pool.stop();
  assert.equal(pool.stats().size, 0);
});

test("callers wait for a server that is starting and are served by it", { timeout: 20_000 }, async () => {
  const pool = cluster.pool({ waitTimeoutMs: 10_000 });
  await cluster.halt();
  const waiting = Promise.all(Array.from({ length: 5 }, () => pool.execute(CATALOG, who)));
  await cluster.resume();
  for (const { rows } of await waiting) assert.equal(rows[0]?.who, CATALOG);
  await pool.stop();
});

test("while the server is down callers fail after the wait limit, saying why, and no attempt goes on", async () => {
  const pool = cluster.pool({ waitTimeoutMs: 80 });
  await pool.ping();
  await cluster.halt();
  await assert.rejects(pool.execute(CATALOG, who), {
    code: "ASHLAR_DATABASE_UNAVAILABLE",
    retryable: true,
    message: /could not be reached for 80 ms \(connect ECONNREFUSED/,
  });
  await assert.rejects(pool.begin().execute(CATALOG, who), { code: "ASHLAR_DATABASE_UNAVAILABLE" });
  await pool.stop();
  assert.deepEqual(pool.stats(), { ...pool.stats(), size: 0, waiting: 0 });
  await cluster.resume();
});

test("an idle connection that the server ends is dropped and reported, and nobody notices", async () => {
  let report: (error: unknown) => void = () => {};
  const lost = new Promise<unknown>((resolve) => {
    report = resolve;
  });
  const pool = cluster.pool({ onConnectionLost: (error) => report(error) });
  const { rows } = await pool.execute(CATALOG, statement`select pg_backend_pid() as pid`);
  assert.equal(pool.stats().idle, 1);
  await cluster.admin(`select pg_terminate_backend(${rows[0]?.pid})`);
  assert.equal(((await lost) as { code?: string }).code, "57P01");
  assert.equal(pool.stats().size, 0);
  assert.equal((await pool.execute(CATALOG, who)).rows[0]?.who, CATALOG);
  await pool.stop();
});

test("a backend killed under a statement fails that statement only", async () => {
  const pool = cluster.pool();
  const victim = pool.execute(CATALOG, statement`select pg_sleep(30), 'victim'`);
  const killed = assert.rejects(victim, {
    code: "ASHLAR_DATABASE_UNAVAILABLE",
    retryable: true,
    sqlState: "57P01",
  });
  let hits: unknown[] = [];
  while (hits.length === 0) {
    hits = await cluster.admin(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%''victim''%' and wait_event = 'PgSleep'",
    );
  }
  await killed;
  assert.equal((await pool.execute(CATALOG, who)).rows[0]?.who, CATALOG);
  await pool.stop();
});

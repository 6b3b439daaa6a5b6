import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Attempt, AttemptResult } from "../../../src/jobs/attempt.ts";
import { createQueuePool, JobStore, Wake, Worker } from "../../../src/jobs/index.ts";
import { prepareDatabase, statement, workerRole } from "../../../src/postgres/index.ts";
import { eventually } from "../../../src/testing/index.ts";
import { type Cluster, startCluster } from "../../postgres/cluster.ts";

const APP = "restarted";

let cluster: Cluster;

before(async () => {
  cluster = await startCluster();
});

after(() => cluster.stop());

test("a restart of PostgreSQL under load loses no job, and the worker goes on by itself", {
  timeout: 60_000,
}, async () => {
  const modules = ["ashlar", "shipping"].map((name) => ({ name, migrations: "", publishes: [], reads: [] }));
  const { connection } = await prepareDatabase({
    adminUrl: cluster.url,
    model: { app: APP, modules },
    loginPassword: "x",
  });
  const pool = createQueuePool(connection, { app: APP });
  const role = workerRole(APP);
  const wake = new Wake({ pool, role });
  const gates = { limit: () => undefined, rate: () => undefined };
  const store = new JobStore({ app: APP, module: "shipping", pool, clock: () => null, gates });
  const warnings: string[] = [];
  const ran = new Map<number, number>();
  const perform = async ({ job }: Attempt): Promise<AttemptResult> => {
    ran.set(job.id, (ran.get(job.id) ?? 0) + 1);
    await new Promise((resolve) => setImmediate(resolve));
    return { kind: "completed", output: null, isSettled: false };
  };
  const ignore = () => {};
  const worker = await Worker.start({
    ...{ app: APP, pool, address: connection, wake, tasks: [], options: { pollMs: 50 } },
    modules: [{ module: "shipping", queues: { default: { concurrency: 10 } }, weight: 1, perform }],
    stores: new Map([["shipping", store]]),
    log: { debug: ignore, info: ignore, error: ignore, warn: (_, message) => void warnings.push(message) },
  });
  const count = 3_000;
  await pool.execute(
    role,
    statement`insert into shipping._jobs (id, seq, queue, kind, payload, max_attempts)
      select id, id, 'default', 'job', '{}', 20
      from (select nextval('shipping._job_ids') as id from generate_series(1, ${count}::int)) as new`,
  );
  wake.ring(["jobs:shipping:default"]);
  await eventually("some have run", () => ran.size > 0);
  await cluster.restart();
  await eventually("all have run", () => ran.size === count);
  await eventually("all is written", () => worker.stats().unwritten === 0);
  const { rows } = await pool.execute(
    role,
    statement`
    select (select count(*)::int from shipping._finished_jobs) as finished, (select count(*)::int from shipping._jobs) as left`,
  );
  assert.deepEqual(rows[0], { finished: count, left: 0 });
  assert.equal(worker.stats().expulsions, 0);
  await worker.stop();
  await wake.stop();
  await pool.stop();
});

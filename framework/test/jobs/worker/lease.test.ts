import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Attempt } from "../../../src/jobs/attempt.ts";
import { type JobAborted, LeaseLostError } from "../../../src/jobs/errors.ts";
import { eventually } from "../../../src/testing/index.ts";
import { gate, type Lab, startLab } from "./lab.ts";

let lab: Lab;

before(async () => {
  lab = await startLab();
});

test("a worker that was expelled cannot complete what was given away, and goes on under a new id", async () => {
  const end = gate();
  const aborted = Promise.withResolvers<JobAborted>();
  const attempts: Attempt[] = [];
  const stalled = await lab.start({
    handlers: {
      job: async (_: never, attempt: Attempt) => {
        attempts.push(attempt);
        attempt.signal.addEventListener("abort", () => aborted.resolve(attempt.signal.reason as JobAborted));
        await end.opened;
      },
      after: () => undefined,
    },
    options: { pollMs: 600_000 },
  });
  const before = stalled.worker.stats().worker;
  const [id] = await lab.enqueue("job", [{}]);
  stalled.wake.ring(["jobs:shipping:default"]);
  await eventually("it runs", () => stalled.worker.stats().running === 1);
  await lab.admin`update ashlar.workers set seen_at = now() - interval '16 seconds' where id = ${before}`;
  const ran = gate();
  const held = gate();
  const rescuer = await lab.start({
    handlers: {
      job: async () => {
        ran.open();
        await held.opened;
      },
    },
    options: { pollMs: 20 },
  });
  await ran.opened;
  const [job] = await lab.admin`select worker, attempt, crashes from shipping._jobs where id = ${id}`;
  assert.deepEqual(job, { worker: rescuer.worker.stats().worker, attempt: 1, crashes: 1 });
  await eventually(
    "the row is gone",
    async () => (await lab.admin`select from ashlar.workers where id = ${before}`).length === 0,
  );

  const transaction = stalled.pool.begin();
  await assert.rejects(
    attempts[0]!.completeIn(transaction, "worker_lab_shipping_app", null),
    (error) => error instanceof LeaseLostError,
  );
  await transaction.rollback();
  // It wakes: the first thing that it does is beat its heart.
  stalled.wake.ring(["due:shipping"]);
  assert.equal((await aborted.promise).why, "lease_lost");
  end.open();
  await eventually("the attempt is lost", () => stalled.worker.stats().ended.lost === 1);
  await eventually("it has a new id", () => stalled.worker.stats().worker !== before);
  assert.equal(stalled.worker.stats().expulsions, 1);
  const [still] = await lab.admin`select worker from shipping._jobs where id = ${id}`;
  assert.equal(still!.worker, rescuer.worker.stats().worker);
  held.open();
  await lab.finished("shipping", id!);
  await rescuer.stop();
  const [after] = await lab.enqueue("after", [{}]);
  stalled.wake.ring(["jobs:shipping:default"]);
  await lab.finished("shipping", after!);
  await stalled.stop();
});

test("a process whose session is gone is found after three missed beats, long before its lease ends", async () => {
  const gone = await deadWorker({ silentMs: 4_000, holdsLock: true });
  const hanging = await deadWorker({ silentMs: 4_000, holdsLock: false });
  const ids = await lab.enqueue("job", [{}, {}]);
  await lab.admin`update shipping._jobs set worker = ${gone}, attempt = 1 where id = ${ids[0]}`;
  await lab.admin`update shipping._jobs set worker = ${hanging}, attempt = 1 where id = ${ids[1]}`;
  const instance = await lab.start({ handlers: { job: () => undefined }, options: { pollMs: 20 } });
  await lab.finished("shipping", ids[0]!);
  await lab.beats(2);
  const [left] = await lab.admin`select worker from shipping._jobs where id = ${ids[1]}`;
  assert.equal(left!.worker, hanging, "without a lock only the lease says that a worker is gone");
  await lab.admin`update ashlar.workers set seen_at = now() - interval '16 seconds' where id = ${hanging}`;
  await lab.finished("shipping", ids[1]!);
  await instance.stop();
  assert.deepEqual(await lab.admin`select id from ashlar.workers`, []);
});

test("several workers rescue at once, and each job counts one crash", async () => {
  const gone = await deadWorker({ silentMs: 60_000, holdsLock: false });
  const ids = await lab.enqueue(
    "job",
    Array.from({ length: 50 }, () => ({})),
  );
  await lab.admin`update shipping._jobs set worker = ${gone}, attempt = 1`;
  const runs = new Map<number, number>();
  const crashes = new Set<number>();
  const job = (_: never, attempt: Attempt) => {
    runs.set(attempt.job.id, (runs.get(attempt.job.id) ?? 0) + 1);
    crashes.add(attempt.job.crashes);
  };
  const instances = await Promise.all(
    [1, 2, 3].map(() => lab.start({ handlers: { job }, options: { pollMs: 20 } })),
  );
  for (const id of ids) await lab.finished("shipping", id);
  assert.equal(runs.size, 50);
  assert.deepEqual([...new Set(runs.values())], [1]);
  assert.deepEqual([...crashes], [1]);
  for (const instance of instances) await instance.stop();
});

async function deadWorker({
  silentMs,
  holdsLock,
}: {
  silentMs: number;
  holdsLock: boolean;
}): Promise<number> {
  const [row] = await lab.admin<{ id: number }>`
    insert into ashlar.workers (host, pid, seen_at, holds_lock)
    values ('elsewhere', 1, now() - ${silentMs}::int * interval '1 millisecond', ${holdsLock}) returning id`;
  return row!.id;
}

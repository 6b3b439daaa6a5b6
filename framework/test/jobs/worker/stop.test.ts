import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Attempt } from "../../../src/jobs/attempt.ts";
import type { JobAborted } from "../../../src/jobs/errors.ts";
import { eventually } from "../../../src/testing/index.ts";
import { gate, type Instance, type Lab, startLab } from "./lab.ts";

let lab: Lab;

before(async () => {
  lab = await startLab();
});

test("stop() lets running jobs end, claims no more, and gives back what was not started", async () => {
  const end = gate();
  const instance = await lab.start({
    handlers: { slow: () => end.opened },
    queues: { shipping: { default: { concurrency: 1 } } },
    options: { stopMs: 600_000 },
  });
  const [running, waiting] = await lab.enqueue("slow", [{}, {}]);
  await untilRunning(instance);
  const stopped = instance.worker.stop();
  assert.equal(instance.worker.stats().state, "draining");
  instance.wake.ring(["jobs:shipping:default"]);
  end.open();
  await stopped;
  assert.equal((await lab.finished("shipping", running!)).state, "completed");
  assert.deepEqual(await stateOf(waiting!), { worker: null, attempt: 0 });
  assert.deepEqual(await lab.admin`select id from ashlar.workers`, []);
  await lab.admin`delete from shipping._jobs`;
  await instance.stop();
});

test("what does not end in time is aborted, and released without counting the attempt", async () => {
  const reasons: unknown[] = [];
  const instance = await lab.start({
    handlers: {
      obedient: (_: never, { signal }: Attempt) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            reasons.push((signal.reason as JobAborted).why);
            reject(signal.reason);
          });
        }),
      deaf: () => new Promise(() => {}),
    },
    options: { stopMs: 10, abortMs: 10 },
  });
  const ids = [await lab.enqueue("obedient", [{}]), await lab.enqueue("deaf", [{}])].flat();
  instance.wake.ring(["jobs:shipping:default"]);
  await eventually("both run", () => instance.worker.stats().running === 2);
  await instance.worker.stop();
  assert.deepEqual(reasons, ["shutdown"]);
  for (const id of ids) assert.deepEqual(await stateOf(id), { worker: null, attempt: 0 });
  assert.deepEqual(instance.worker.stats().ended, { released: 2 });
  assert.equal(instance.worker.stats().abandoned, 1);
  await lab.admin`delete from shipping._jobs`;
  await instance.stop();
});

test("a second stop() does not wait", async () => {
  const instance = await lab.start({
    handlers: { deaf: () => new Promise(() => {}) },
    options: { stopMs: 600_000, abortMs: 600_000 },
  });
  const [id] = await lab.enqueue("deaf", [{}]);
  await untilRunning(instance);
  const first = instance.worker.stop();
  const second = instance.worker.stop();
  await Promise.all([first, second]);
  assert.deepEqual(await stateOf(id!), { worker: null, attempt: 0 });
  await instance.worker.stop();
  await lab.admin`delete from shipping._jobs`;
  await instance.stop();
});

test("jobs released by one worker are taken by another at once", async () => {
  const ran = gate();
  const first = await lab.start({ handlers: { job: () => new Promise(() => {}) } });
  await lab.enqueue("job", [{}]);
  await untilRunning(first);
  const second = await lab.start({
    handlers: { job: ran.open },
    options: { pollMs: 600_000, leaseMs: 3_600_000 },
  });
  void first.worker.stop();
  await first.worker.stop();
  await ran.opened;
  await first.stop();
  await second.stop();
});

test("stop() waits for a background task that is under way", async () => {
  const begun = gate();
  const end = gate();
  let hasEnded = false;
  const run = async () => {
    begun.open();
    await end.opened;
    hasEnded = true;
    return true;
  };
  const instance = await lab.start({ tasks: [{ name: "relay", topic: "outbox:shipping", run }] });
  instance.wake.ring(["outbox:shipping"]);
  await begun.opened;
  const stopped = instance.worker.stop();
  end.open();
  await stopped;
  assert.equal(hasEnded, true);
  await instance.stop();
});

async function untilRunning(instance: Instance): Promise<void> {
  instance.wake.ring(["jobs:shipping:default"]);
  await eventually("a job runs", () => instance.worker.stats().running === 1);
}

async function stateOf(id: number): Promise<unknown> {
  const [row] = await lab.admin`select worker, attempt from shipping._jobs where id = ${id}`;
  return row;
}

import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Attempt } from "../../../src/jobs/attempt.ts";
import { Wake } from "../../../src/jobs/index.ts";
import { eventually } from "../../../src/testing/index.ts";
import { type Instance, type Lab, startLab } from "./lab.ts";

let lab: Lab;

before(async () => {
  lab = await startLab();
});

test("listeners of the same process hear every topic at once, until they leave", async () => {
  const { wake, stop } = await lab.producer();
  const heard: string[] = [];
  const leave = wake.subscribe((topic) => heard.push(topic));
  wake.ring(["jobs:shipping:default", "outbox:shipping"]);
  assert.deepEqual(heard, ["jobs:shipping:default", "outbox:shipping"]);
  leave();
  wake.ring(["jobs:shipping:default"]);
  assert.equal(heard.length, 2);
  await stop();
});

test("nothing is notified while nobody sleeps, nor to the worker of the same process", async () => {
  const instance = await lab.start();
  const other = await lab.start();
  const heardByOther = await heard(other, async () => {
    await lab.admin`update ashlar.workers set is_sleeping = false`;
    instance.wake.ring(["outbox:silent"]);
    await instance.wake.stop();
    await lab.admin`update ashlar.workers set is_sleeping = true where id = ${other.worker.stats().worker}`;
    const producer = await lab.producer();
    producer.wake.ring(["outbox:heard"]);
    await producer.stop();
  });
  assert.deepEqual(heardByOther, ["outbox:heard"]);
  await instance.stop();
  await other.stop();
});

test("what a trigger sends is heard as well, and one's own notifications are not heard twice", async () => {
  const { pool, stop } = await lab.producer();
  const wake = new Wake({ pool, role: "worker_lab_ashlar_app" });
  const topics: string[] = [];
  wake.subscribe((topic) => topics.push(topic));
  wake.receive("jobs:shipping:default outbox:user");
  wake.receive("0123456789ab jobs:user:default");
  assert.deepEqual(topics, ["jobs:shipping:default", "outbox:user", "jobs:user:default"]);
  await wake.stop();
  await stop();
});

test("hundreds of topics fit into notifications", async () => {
  const instance = await lab.start();
  const producer = await lab.producer();
  const topics = Array.from({ length: 600 }, (_, n) => `jobs:shipping:a_queue_with_a_rather_long_name_${n}`);
  const received = await heard(instance, async () => {
    producer.wake.ring(topics);
    producer.wake.ring(["outbox:heard"]);
  });
  assert.deepEqual(received.slice(0, topics.length), topics);
  await producer.stop();
  await instance.stop();
});

test("a worker that comes to rest and one that floods it never miss each other", async () => {
  const done = new Set<number>();
  const instance = await lab.start({
    handlers: { job: (_: never, { job }: Attempt) => void done.add(job.id) },
    // A heart that does not beat must not be taken for a lost lease.
    options: { pollMs: 600_000, leaseMs: 3_600_000 },
  });
  const producer = await lab.producer();
  let enqueued = 0;
  let hasBeenBusy = false;
  // Bursts of all sizes, each one sent when the worker is somewhere on its way to the end of the one before.
  for (let burst = 0; burst < 60; burst++) {
    const size = burst % 6 === 0 ? 3_000 : 1 + (burst % 7);
    await lab.insertMany("job", size);
    enqueued += size;
    producer.wake.ring(["jobs:shipping:default"]);
    const target = enqueued - (burst % 3);
    await eventually(`${target} are done`, () => done.size >= target);
    const [row] = await lab.admin<{ busy: string[] }>`select busy from ashlar.workers`;
    if (row!.busy.length > 0) hasBeenBusy = true;
  }
  await eventually("all are done", () => done.size === enqueued);
  assert.equal(hasBeenBusy, true, "the flood was long enough to be one");
  await eventually("it wants to be notified again", async () => {
    const [row] = await lab.admin<{ busy: string[] }>`select busy from ashlar.workers`;
    return row!.busy.length === 0;
  });
  await producer.stop();
  await instance.stop();
});

/** The topics that an instance hears until it hears `outbox:heard`. */
async function heard(instance: Instance, work: () => Promise<void>): Promise<string[]> {
  const topics: string[] = [];
  const leave = instance.wake.subscribe((topic) => topics.push(topic));
  await work();
  await eventually("the last topic is heard", () => topics.includes("outbox:heard"));
  leave();
  return topics;
}

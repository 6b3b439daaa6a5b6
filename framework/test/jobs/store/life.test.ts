import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { queueLab } from "./queue-lab.ts";

const lab = await queueLab();
const { store, execute, put } = lab;
const claim = (worker: number, limit = 10, queue = "default") =>
  store.claim({ worker, queue, after: null, limit });
const stateOf = async (id: number) => (await store.find(execute, id))?.state ?? null;

describe("the life of a job", () => {
  beforeEach(() => lab.clear());

  it("is claimed once, in the order of priority and enqueuing", async () => {
    const [late, , urgent] = await put({ payload: '{"n":1}' }, { payload: '{"n":2}' }, { priority: -5 });
    const mine = await claim(1, 2);
    const theirs = await claim(2);
    assert.deepEqual(
      mine.map(({ id }) => id),
      [urgent, late],
    );
    assert.equal(theirs.length, 1);
    assert.deepEqual(theirs[0]?.payload, { n: 2 });
    assert.equal(theirs[0]?.attempt, 1);
    assert.equal(theirs[0]?.module, "user");
    assert.equal(await stateOf(urgent!), "running");
    assert.deepEqual(await claim(3), []);
  });

  it("goes on from where the last claim ended", async () => {
    await put({}, {}, {});
    const [first] = await claim(1, 1);
    await store.release(1, [first!]);
    const next = await store.claim({ worker: 1, queue: "default", after: first!, limit: 5 });
    assert.equal(next.length, 2);
    assert.ok(next.every(({ seq }) => seq > first!.seq));
  });

  it("is not claimed while its queue is paused", async () => {
    await put({});
    await lab.admin`insert into "user"._paused_queues (queue) values ('default')`;
    assert.deepEqual(await claim(1), []);
  });

  it("is completed with its output, and leaves the table", async () => {
    const [a, b] = await put({}, {});
    const jobs = await claim(1);
    const settled = await store.complete(1, [
      { job: jobs[0]!, output: { sum: 3 } },
      { job: jobs[1]!, output: undefined },
    ]);
    assert.deepEqual(settled, { lost: [], wake: [] });
    const found = await store.find(execute, a!);
    assert.equal(found?.state, "completed");
    assert.deepEqual(found?.output, { sum: 3 });
    assert.ok(found?.startedAt instanceof Date);
    assert.equal((await store.find(execute, b!))?.output, null);
  });

  it("is completed although its row has moved since the claim", async () => {
    const [a, b] = await put({}, {});
    const jobs = await claim(1);
    await store.progress(1, jobs[0]!, { done: 0.5 });
    assert.deepEqual((await store.find(execute, a!))?.progress, { done: 0.5 });
    const { lost } = await store.complete(
      1,
      jobs.map((job) => ({ job, output: undefined })),
    );
    assert.deepEqual(lost, []);
    assert.deepEqual([await stateOf(a!), await stateOf(b!)], ["completed", "completed"]);
  });

  it("is lost to a worker that was expelled, which can complete nothing of it", async () => {
    const [a, b] = await put({}, {});
    const [first] = await claim(1, 1);
    const [second] = await claim(2, 1);
    await store.expel(execute, 1);
    const settled = await store.complete(1, [
      { job: first!, output: 1 },
      { job: { ...second!, worker: 1 }, output: 1 },
    ]);
    assert.deepEqual([...settled.lost].sort(), [a, b].sort());
    assert.deepEqual([await stateOf(a!), await stateOf(b!)], ["available", "running"]);
    await assert.rejects(store.completeIn(execute, first!, 1), { code: "ASHLAR_JOB_LEASE_LOST" });
    const again = await claim(3);
    assert.deepEqual([again[0]?.id, again[0]?.crashes, again[0]?.attempt], [a, 1, 1]);
  });

  it("is dead after three crashes", async () => {
    const [id] = await put({});
    for (const worker of [1, 2, 3]) {
      assert.equal((await claim(worker)).length, 1);
      await store.expel(execute, worker);
    }
    const found = await store.find(execute, id!);
    assert.equal(found?.state, "dead");
    assert.equal(found?.crashes, 3);
    assert.equal(found?.errors?.at(-1)?.code, "ASHLAR_JOB_CRASHED");
  });

  it("is tried again after a failure, and dead after the last attempt", async () => {
    const [id, other] = await put({ maxAttempts: 2 }, {});
    const [first] = await claim(1, 1);
    const settled = await store.fail(1, [{ job: first!, code: "X", message: "no\0ne", retryAfterMs: 0 }]);
    assert.deepEqual(settled.wake, ["default"]);
    const order = await claim(1);
    assert.deepEqual(
      order.map((job) => job.id),
      [other, id],
      "it stands at the end of the queue",
    );
    assert.equal(order[1]?.attempt, 2);
    await store.fail(1, [{ job: order[1]!, code: "Y", message: "two", retryAfterMs: 1_000 }]);
    const found = await store.find(execute, id!);
    assert.equal(found?.state, "dead");
    assert.deepEqual(
      found?.errors?.map(({ attempt, code, message }) => [attempt, code, message]),
      [
        [1, "X", "no\ufffdne"],
        [2, "Y", "two"],
      ],
    );
  });

  it("waits for its time and is promoted then", async () => {
    lab.clock.now = new Date("2030-01-01T00:00:00Z");
    const [delayed, past] = await put({ delayMs: 60_000 }, { runAt: new Date("2029-01-01T00:00:00Z") });
    assert.equal(await stateOf(delayed!), "scheduled");
    assert.equal(await stateOf(past!), "available");
    assert.deepEqual(await store.promote(10), { count: 0, queues: [] });
    lab.clock.now = new Date("2030-01-01T00:01:00Z");
    assert.deepEqual(await store.promote(10), { count: 1, queues: ["default"] });
    assert.equal(await stateOf(delayed!), "available");
  });

  it("is retryable until its backoff has passed, and keeps ten errors", async () => {
    const [id] = await put({ maxAttempts: 100 });
    for (let n = 1; n <= 12; n++) {
      const [job] = await claim(1);
      await store.fail(1, [{ job: job!, code: `E${n}`, message: "", retryAfterMs: n === 12 ? 5_000 : 0 }]);
    }
    const found = await store.find(execute, id!);
    assert.equal(found?.state, "retryable");
    assert.deepEqual([found?.errors?.length, found?.errors?.[0]?.code], [10, "E3"]);
  });

  it("can be snoozed, released, buried and cancelled by its worker", async () => {
    const [snoozed, released, buried, cancelled] = await put({}, {}, {}, {});
    const jobs = new Map((await claim(1)).map((job) => [job.id, job]));
    await store.snooze(1, [{ job: jobs.get(snoozed!)!, delayMs: 10_000 }]);
    assert.deepEqual((await store.release(1, [jobs.get(released!)!])).wake, ["default"]);
    await store.bury(1, [{ job: jobs.get(buried!)!, code: "B", message: "b" }]);
    await store.cancelRunning(1, [{ job: jobs.get(cancelled!)!, reason: "enough" }]);
    assert.deepEqual(await Promise.all([snoozed, released, buried, cancelled].map((id) => stateOf(id!))), [
      "scheduled",
      "available",
      "dead",
      "cancelled",
    ]);
    assert.equal((await store.find(execute, snoozed!))?.attempt, 0);
    assert.equal((await store.find(execute, cancelled!))?.errors?.[0]?.message, "enough");
    for (const job of jobs.values()) {
      assert.deepEqual((await store.release(1, [job])).lost, [job.id]);
    }
  });

  it("makes the coming days' partitions", async () => {
    await store.keepPartitions(7);
    await assert.rejects(store.keepPartitions(0));
  });
});

import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { ClaimedJob } from "ashlar/jobs";
import { waitForBlocked } from "./blocked.ts";
import { aJob, numberOf, queueLab } from "./queue-lab.ts";

const lab = await queueLab();
const { store, execute, put } = lab;
const claim = (worker: number, limit = 10) => store.claim({ worker, queue: "default", after: null, limit });
const done = (jobs: readonly ClaimedJob[]) => jobs.map((job) => ({ job, output: undefined }));
const stateOf = async (id: number) => (await store.find(execute, id))?.state ?? null;
const on = (settles: boolean, ...jobs: number[]) => ({ after: jobs.map((job) => ({ job, settles })) });

describe("jobs that wait for others", () => {
  beforeEach(() => lab.clear());

  it("become available when the last of them has completed", async () => {
    const first = await put({}, {});
    const [last] = await put(on(false, ...first));
    const [a, b] = await claim(1);
    assert.deepEqual((await store.complete(1, done([a!]))).wake, []);
    assert.equal(await stateOf(last!), "waiting");
    assert.deepEqual((await store.complete(1, done([b!]))).wake, ["default"]);
    assert.equal(await stateOf(last!), "available");
  });

  it("also when they are completed in a handler's transaction, and not when that is rolled back", async () => {
    const [first] = await put({});
    const [last] = await put(on(false, first!));
    const [job] = await claim(1);
    for (const end of ["rollback", "commit"] as const) {
      const { transaction, execute: inside } = lab.begin();
      assert.deepEqual((await store.completeIn(inside, job!, null)).wake, ["default"]);
      await transaction[end]();
      assert.equal(await stateOf(last!), end === "commit" ? "available" : "waiting");
    }
  });

  it("count those that had ended before, in whatever way they ended", async () => {
    const [completed, dead] = await put({}, {});
    const jobs = await claim(1);
    await store.complete(1, done([jobs[0]!]));
    await store.bury(1, [{ job: jobs[1]!, code: "X", message: "" }]);
    const [cancelled] = await put({});
    await store.requestCancel(execute, cancelled!, null);
    const states = async (settles: boolean) =>
      Promise.all(
        [completed!, dead!, cancelled!].map(async (id) => stateOf((await put(on(settles, id)))[0]!)),
      );
    assert.deepEqual(await states(false), ["available", "waiting", "cancelled"]);
    assert.deepEqual(await states(true), ["available", "available", "available"]);
  });

  it("are cancelled with what they wait for, and so are those that wait for them", async () => {
    const [first] = await put({});
    const [second] = await put(on(false, first!));
    const [third] = await put(on(false, second!));
    const [witness] = await put(on(true, second!));
    const { wake } = await store.requestCancel(execute, first!, "no more");
    assert.deepEqual(wake, ["default"]);
    assert.deepEqual(await Promise.all([first, second, third, witness].map((id) => stateOf(id!))), [
      "cancelled",
      "cancelled",
      "cancelled",
      "available",
    ]);
    const rows = await lab.admin`select from "user"._job_dependencies`;
    assert.deepEqual(rows, []);
  });

  it("wait on when one is dead, unless its end is enough", async () => {
    const [first] = await put({});
    const [strict] = await put(on(false, first!));
    const [lenient] = await put(on(true, first!));
    const [job] = await claim(1);
    assert.deepEqual((await store.bury(1, [{ job: job!, code: "X", message: "" }])).wake, ["default"]);
    assert.deepEqual([await stateOf(strict!), await stateOf(lenient!)], ["waiting", "available"]);
    const [row] = await lab.admin<{
      n: number;
    }>`select dependencies_failed as n from "user"._jobs where id = ${lenient}`;
    assert.equal(row?.n, 1);
  });

  it("keep their own time as well", async () => {
    const [first] = await put({});
    const [last] = await put({ ...on(false, first!), delayMs: 60_000 });
    assert.equal(await stateOf(last!), "scheduled");
    await store.complete(1, done(await claim(1)));
    assert.equal(await stateOf(last!), "scheduled");
    const [early] = await put({});
    const [due] = await put({ ...on(false, early!), delayMs: 60_000 });
    lab.clock.now = new Date(Date.now() + 61_000);
    assert.deepEqual(await store.promote(10), { count: 2, queues: ["default"] });
    assert.deepEqual([await stateOf(last!), await stateOf(due!)], ["available", "waiting"]);
  });

  it("are found by a completion that comes while they are being enqueued", async () => {
    const [first] = await put({});
    const [job] = await claim(1);
    const { transaction, execute: inside } = lab.begin();
    const [last] = await store.enqueue(inside, [aJob(on(false, first!))]);
    const completed = store.complete(1, done([job!]));
    await waitForBlocked(lab, 1);
    await transaction.commit();
    assert.deepEqual((await completed).wake, ["default"]);
    assert.equal(await stateOf(numberOf(last!.id)), "available");
  });

  it("find a completion that is under way while they are being enqueued", async () => {
    const [first] = await put({});
    const [job] = await claim(1);
    const { transaction, execute: inside } = lab.begin();
    await store.completeIn(inside, job!, null);
    const enqueued = put(on(false, first!));
    await waitForBlocked(lab, 1);
    await transaction.commit();
    assert.equal(await stateOf((await enqueued)[0]!), "available");
  });

  it("are counted right when all they wait for ends at once", async () => {
    for (let round = 0; round < 8; round++) {
      await lab.clear();
      const first = await put({}, {}, {}, {});
      const last = [...(await put(on(false, ...first))), ...(await put(on(false, ...first.toReversed())))];
      const jobs = await claim(1);
      await Promise.all(jobs.map((job) => store.complete(1, done([job]))));
      assert.deepEqual(await Promise.all(last.map(stateOf)), ["available", "available"]);
    }
  });

  it("are told by the sweep when the process died that should have told them", async () => {
    const [first] = await put({});
    const [last] = await put(on(false, first!));
    await lab.admin`delete from "user"._jobs where id = ${first}`;
    assert.deepEqual((await store.sweep()).wake, ["default"]);
    assert.equal(await stateOf(last!), "available");
  });
});

describe("cancelling", () => {
  beforeEach(() => lab.clear());

  it("ends what does not run, asks for what does, and knows what has ended", async () => {
    const [pending, running] = await put({ priority: 1 }, {});
    const [job] = await claim(1, 1);
    assert.equal(job?.id, running);
    assert.equal((await store.requestCancel(execute, pending!, "why")).outcome, "cancelled");
    assert.equal((await store.find(execute, pending!))?.errors?.[0]?.message, "why");
    const { outcome, worker } = await store.requestCancel(execute, running!, "stop");
    assert.deepEqual([outcome, worker], ["requested", 1]);
    assert.deepEqual(await store.cancellations(1), [{ job: running, reason: "stop" }]);
    await store.cancelRunning(1, [{ job: job!, reason: "stop" }]);
    assert.deepEqual(await store.cancellations(1), []);
    for (const id of [pending, running, 1e9]) {
      assert.equal((await store.requestCancel(execute, id!, null)).outcome, "ended");
    }
  });

  it("cannot fall between two claims", async () => {
    for (let round = 0; round < 15; round++) {
      await lab.clear();
      const [id] = await put({});
      const [jobs, { outcome }] = await Promise.all([claim(1), store.requestCancel(execute, id!, null)]);
      if (jobs.length === 0) assert.equal(outcome, "cancelled");
      else {
        assert.equal(outcome, "requested");
        assert.equal((await store.cancellations(1)).length, 1);
      }
    }
  });

  it("is not forgotten when the attempt fails or its worker dies first", async () => {
    for (const end of [
      (job: ClaimedJob) => store.fail(1, [{ job, code: "X", message: "", retryAfterMs: 0 }]),
      () => store.expel(execute, 1),
      async (job: ClaimedJob) => {
        await store.release(1, [job]);
        await store.sweep();
      },
    ]) {
      await lab.clear();
      const [id] = await put({});
      const [job] = await claim(1);
      await store.requestCancel(execute, id!, null);
      await end(job!);
      assert.equal(await stateOf(id!), "cancelled");
      assert.deepEqual(await lab.admin`select from "user"._job_cancellations`, []);
    }
  });

  it("lets a job complete that was quicker, and leaves nothing behind", async () => {
    const [id] = await put({});
    const [job] = await claim(1);
    await store.requestCancel(execute, id!, null);
    await store.complete(1, done([job!]));
    assert.equal(await stateOf(id!), "completed");
    await store.sweep();
    assert.deepEqual(await lab.admin`select from "user"._job_cancellations`, []);
  });
});

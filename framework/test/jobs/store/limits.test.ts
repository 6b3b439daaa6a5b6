import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { ClaimedJob } from "ashlar/jobs";
import { waitForBlocked } from "./blocked.ts";
import { queueLab } from "./queue-lab.ts";

const lab = await queueLab();
const { store, execute, put, maxima } = lab;
const claim = (worker: number, limit = 10) => store.claim({ worker, queue: "default", after: null, limit });
const start = async (worker: number, limit = 10) => store.admit(worker, await claim(worker, limit));
const finish = (worker: number, jobs: readonly ClaimedJob[]) =>
  store.complete(
    worker,
    jobs.map((job) => ({ job, output: undefined })),
  );
const idsOf = (jobs: readonly ClaimedJob[]) => jobs.map(({ id }) => id);
const stateOf = async (id: number) => (await store.find(execute, id))?.state ?? null;
const permits = async () =>
  (await lab.admin<{ n: number }>`select count(*)::int n from "user"._job_permits`)[0]!.n;

describe("a limit of concurrency", () => {
  beforeEach(async () => {
    await lab.clear();
    maxima.limit = 2;
  });

  it("lets no more in than it allows, over all workers, and calls the next when one is through", async () => {
    const ids = await put(...Array.from({ length: 5 }, () => ({ limitKey: "l" })));
    const first = await start(1, 1);
    const second = await start(2, 4);
    assert.deepEqual([...idsOf(first), ...idsOf(second)], ids.slice(0, 2));
    assert.equal(await stateOf(ids[4]!), "waiting");
    assert.equal((await store.find(execute, ids[4]!))?.attempt, 0);
    assert.deepEqual((await finish(1, first)).wake, ["default"]);
    assert.deepEqual(idsOf(await start(3)), [ids[2]]);
    assert.equal(await permits(), 2);
  });

  it("takes no statement for jobs without limits", async () => {
    await put({}, {});
    const jobs = await claim(1);
    const before = lab.pool.stats().syncs;
    assert.equal(await store.admit(1, jobs), jobs);
    assert.equal(lab.pool.stats().syncs, before);
  });

  it("is not exceeded by two workers that admit at once", async () => {
    for (let round = 0; round < 10; round++) {
      await lab.clear();
      maxima.limit = 2;
      await put(...Array.from({ length: 8 }, () => ({ limitKey: "l" })));
      const [one, two] = [await claim(1, 4), await claim(2, 4)];
      const [a, b] = await Promise.all([store.admit(1, one), store.admit(2, two)]);
      assert.equal(a.length + b.length, 2);
    }
  });

  it("forgets nobody who is parked while the last one leaves", async () => {
    for (let round = 0; round < 15; round++) {
      await lab.clear();
      maxima.limit = 1;
      const [, waiting] = await put({ limitKey: "l" }, { limitKey: "l" });
      const first = await start(1, 1);
      const second = await claim(2, 1);
      const [admitted] = await Promise.all([store.admit(2, second), finish(1, first)]);
      assert.equal(admitted.length === 1 || (await stateOf(waiting!)) === "available", true);
    }
  });

  it("gives back what a failed, snoozed, released, dead or expelled job held", async () => {
    maxima.limit = 1;
    const ends: ((job: ClaimedJob) => Promise<unknown>)[] = [
      (job) => store.fail(1, [{ job, code: "X", message: "", retryAfterMs: 60_000 }]),
      (job) => store.snooze(1, [{ job, delayMs: 60_000 }]),
      (job) => store.bury(1, [{ job, code: "X", message: "" }]),
      (job) => store.cancelRunning(1, [{ job, reason: "" }]),
      (job) => store.expel(execute, job.worker),
    ];
    for (const end of ends) {
      await lab.clear();
      maxima.limit = 1;
      const [, next] = await put({ limitKey: "l" }, { limitKey: "l" });
      const [job] = await start(1);
      await end(job!);
      assert.equal(await permits(), 0);
      assert.equal(await stateOf(next!), "available");
    }
  });

  it("follows the code, whatever it said when the job was stored", async () => {
    maxima.limit = 1;
    const ids = await put(...Array.from({ length: 4 }, () => ({ limitKey: "l" })));
    const first = await start(1);
    maxima.limit = 3;
    await finish(1, first);
    assert.deepEqual(idsOf(await start(1)), ids.slice(1));
    maxima.limit = undefined;
    await put({ limitKey: "l" });
    assert.equal((await start(2)).length, 1);
  });

  it("calls another when the one it called is cancelled", async () => {
    maxima.limit = 1;
    const [, called, next] = await put({ limitKey: "l" }, { limitKey: "l" }, { limitKey: "l" });
    await finish(1, await start(1));
    assert.equal(await stateOf(called!), "available");
    const { outcome, wake } = await store.requestCancel(execute, called!, null);
    assert.deepEqual([outcome, wake], ["cancelled", ["default"]]);
    assert.equal(await stateOf(next!), "available");
  });

  it("admits nothing that was taken from the worker meanwhile", async () => {
    await put({ limitKey: "l" });
    const jobs = await claim(1);
    await store.expel(execute, 1);
    assert.deepEqual(await store.admit(1, jobs), []);
    assert.equal(await permits(), 0);
  });
});

describe("an order", () => {
  beforeEach(() => lab.clear());

  it("runs the jobs of one key one after the other, also when one fails", async () => {
    const ids = await put({ orderKey: "o" }, { orderKey: "o" }, { orderKey: "o" }, { orderKey: "p" });
    const first = await start(1);
    assert.deepEqual(idsOf(first), [ids[0], ids[3]]);
    await store.fail(1, [{ job: first[0]!, code: "X", message: "", retryAfterMs: 0 }]);
    const again = await start(2);
    assert.deepEqual(idsOf(again), [ids[0]], "the failed one holds up the rest");
    await finish(2, again);
    assert.deepEqual(idsOf(await start(2)), [ids[1]]);
    await finish(1, [first[1]!]);
    const gates = await lab.admin<{ key: string }>`select key from "user"._job_gates order by key`;
    assert.deepEqual(gates, [{ key: "o" }], "a line that is empty leaves nothing behind");
  });

  it("never has two of a key at once, whoever admits, settles or claims", async () => {
    for (let round = 0; round < 10; round++) {
      await lab.clear();
      await put(...Array.from({ length: 4 }, () => ({ orderKey: "o" })));
      const [one, two] = [await claim(2, 2), await claim(1, 2)];
      const [a, b] = await Promise.all([store.admit(2, one), store.admit(1, two)]);
      assert.deepEqual([...idsOf(a), ...idsOf(b)], [one[0]!.id]);
    }
  });

  it("keeps a job back that got its place before one which runs, but was committed after it", async () => {
    const { transaction, execute: inside } = lab.begin();
    const job = { ...(await import("./queue-lab.ts")).aJob({ orderKey: "o" }) };
    const [early] = await store.enqueue(inside, [job]);
    const [late] = await put({ orderKey: "o" });
    const running = await start(1);
    assert.deepEqual(idsOf(running), [late]);
    await transaction.commit();
    assert.deepEqual(await start(2), []);
    await finish(1, running);
    assert.equal(`user:${(await start(2))[0]?.id}`, early?.id);
  });

  it("does not wait for ever behind a head that is being cancelled", async () => {
    for (const end of ["commit", "rollback"] as const) {
      await lab.clear();
      const [head, next] = await put({ orderKey: "o", delayMs: 60_000 }, { orderKey: "o" });
      const { transaction, execute: inside } = lab.begin();
      await store.requestCancel(inside, head!, null);
      assert.deepEqual(await start(1), [], "its head is locked, so it is asked again soon");
      assert.equal(await stateOf(next!), "scheduled");
      await transaction[end]();
      lab.clock.now = new Date(Date.now() + 10_000);
      await store.promote(10);
      assert.deepEqual(idsOf(await start(1)), end === "commit" ? [next] : []);
    }
  });

  it("calls the next one when a head is cancelled", async () => {
    const [head, next] = await put({ orderKey: "o", delayMs: 60_000 }, { orderKey: "o" });
    assert.deepEqual(await start(1), []);
    assert.equal(await stateOf(next!), "waiting");
    await store.requestCancel(execute, head!, null);
    assert.deepEqual(idsOf(await start(1)), [next]);
  });
});

describe("a rate", () => {
  beforeEach(async () => {
    await lab.clear();
    maxima.rate = { maximum: 2, perMs: 1_000 };
    lab.clock.now = new Date("2030-01-01T00:00:00Z");
  });
  const after = (ms: number) => {
    lab.clock.now = new Date(Date.parse("2030-01-01T00:00:00Z") + ms);
  };

  it("lets as many start within the time, and gives the others different times", async () => {
    const ids = await put(...Array.from({ length: 5 }, () => ({ rateKey: "r" })));
    assert.deepEqual(idsOf(await start(1)), ids.slice(0, 2));
    const times = await Promise.all(
      ids.slice(2).map(async (id) => (await store.find(execute, id))?.runAt?.getTime()),
    );
    assert.deepEqual(
      times.map((time) => time! - lab.clock.now!.getTime()),
      [500, 1_000, 1_500],
    );
    after(499);
    assert.equal((await store.promote(10)).count, 0);
    after(500);
    assert.equal((await store.promote(10)).count, 1);
    assert.equal((await start(1)).length, 1);
  });

  it("saves up no more than one time's worth while nothing runs", async () => {
    await put(...Array.from({ length: 9 }, () => ({ rateKey: "r" })));
    assert.equal((await start(1)).length, 2);
    after(3_600_000);
    await store.promote(100);
    assert.equal((await start(1)).length, 2);
  });

  it("is used up by starts only", async () => {
    maxima.limit = 1;
    await put({ rateKey: "r", limitKey: "l" }, { rateKey: "r", limitKey: "l" });
    const first = await start(1);
    assert.equal(first.length, 1);
    await finish(1, first);
    assert.equal((await start(1)).length, 1, "the one that waited for the limit has used nothing");
  });
});

describe("what was left undone", () => {
  beforeEach(() => lab.clear());

  it("is put right by the sweep: forgotten jobs, stale permits, idle gates", async () => {
    maxima.limit = 1;
    const [, parked, line1, line2] = await put(
      { limitKey: "l" },
      { limitKey: "l" },
      { orderKey: "o" },
      { orderKey: "o" },
    );
    await start(1);
    await lab.admin`delete from "user"._jobs where worker is not null`;
    assert.deepEqual([await stateOf(parked!), await stateOf(line2!)], ["waiting", "waiting"]);
    assert.equal(await stateOf(line1!), null);
    assert.deepEqual((await store.sweep()).wake, ["default"]);
    assert.equal(await permits(), 0);
    assert.deepEqual([await stateOf(parked!), await stateOf(line2!)], ["available", "available"]);
    await lab.admin`update "user"._job_gates set used_at = now() - interval '1 hour'`;
    await store.sweep();
    assert.deepEqual(await lab.admin`select from "user"._job_gates`, []);
  });

  it("is not touched while somebody admits", async () => {
    maxima.limit = 1;
    await put({ limitKey: "l" }, { limitKey: "l" });
    const running = await start(1);
    const { transaction, execute: inside } = lab.begin();
    await inside({ text: `select from "user"._job_gates for update`, values: [] });
    const finished = finish(1, running);
    await waitForBlocked(lab, 1);
    await lab.admin`update "user"._job_cancellations set reason = ''`;
    await transaction.commit();
    await finished;
    assert.equal((await start(2)).length, 1);
  });
});

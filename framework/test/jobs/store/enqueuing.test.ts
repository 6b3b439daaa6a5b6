import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { Enqueuer, type NewJob } from "ashlar/jobs";
import { waitForBlocked } from "./blocked.ts";
import { aJob, numberOf, queueLab } from "./queue-lab.ts";

const lab = await queueLab();
const { store, execute, put } = lab;
const unique = (parts: Partial<NonNullable<NewJob["unique"]>> = {}) => ({
  key: "k",
  onConflict: "keep" as const,
  withinMs: null,
  ...parts,
});
const enqueueOne = async (parts: Partial<NewJob>, run = execute) =>
  (await store.enqueue(run, [aJob(parts)]))[0]!;
const payloads = async () =>
  (await store.claim({ worker: 1, queue: "default", after: null, limit: 100 })).map(({ payload }) => payload);

describe("enqueuing", () => {
  beforeEach(() => lab.clear());

  it("keeps the order of a batch, whatever is in it", async () => {
    const kinds = ["a", "b", "a", "c"];
    const plain = await put(...kinds.map((kind) => ({ kind })));
    assert.deepEqual(
      plain,
      [...plain].sort((a, b) => a - b),
    );
    const mixed = await store.enqueue(execute, [
      aJob({ kind: "x" }),
      aJob({ kind: "y", unique: unique() }),
      aJob({ kind: "z", after: [{ job: plain[0]!, settles: false }] }),
      aJob({ kind: "x", unique: unique() }),
    ]);
    assert.deepEqual(
      mixed.map(({ outcome }) => outcome),
      ["enqueued", "enqueued", "enqueued", "kept"],
    );
    assert.equal(mixed[1]?.id, mixed[3]?.id);
    const found = await Promise.all(mixed.map(({ id }) => store.find(execute, numberOf(id))));
    assert.deepEqual(
      found.map((job) => job?.kind),
      ["x", "y", "z", "y"],
    );
  });

  it("stores every field", async () => {
    const [id] = await put({
      kind: "k",
      queue: "q",
      priority: 7,
      payload: '{"text":"quote \\" backslash \\\\ brace }"}',
      tags: ["a", 'b"c'],
      origin: { schedule: "s" },
      traceId: "6d7a8e5c-58a7-4b3e-a1a0-0a8f2e1f1d11",
      timeoutMs: 5,
      orderKey: "o",
      tenant: "t",
    });
    const job = await store.find(execute, id!);
    assert.deepEqual(
      [job?.queue, job?.priority, job?.payload, job?.tags, job?.origin, job?.traceId, job?.tenant],
      [
        "q",
        7,
        { text: 'quote " backslash \\ brace }' },
        ["a", 'b"c'],
        { schedule: "s" },
        "6d7a8e5c-58a7-4b3e-a1a0-0a8f2e1f1d11",
        "t",
      ],
    );
  });

  it("is undone with the transaction", async () => {
    const { transaction, execute: inside } = lab.begin();
    const { id } = await enqueueOne({}, inside);
    await transaction.rollback();
    assert.equal(await store.find(execute, numberOf(id)), null);
  });

  it("keeps, replaces or reschedules the unfinished job with the same key", async () => {
    const first = await enqueueOne({ payload: "1", unique: unique() });
    assert.deepEqual(await enqueueOne({ payload: "2", unique: unique() }), { id: first.id, outcome: "kept" });
    assert.deepEqual(await enqueueOne({ payload: "3", unique: unique({ onConflict: "replace" }) }), {
      id: first.id,
      outcome: "replaced",
    });
    assert.deepEqual(
      await enqueueOne({ payload: "4", delayMs: 9_000, unique: unique({ onConflict: "reschedule" }) }),
      {
        id: first.id,
        outcome: "rescheduled",
      },
    );
    assert.equal((await store.find(execute, numberOf(first.id)))?.state, "scheduled");
    await enqueueOne({ unique: unique({ onConflict: "reschedule" }) });
    assert.deepEqual(await payloads(), [3]);
    for (const onConflict of ["keep", "replace", "reschedule"] as const) {
      assert.equal((await enqueueOne({ unique: unique({ onConflict }) })).outcome, "kept", "it runs");
    }
  });

  it("keeps a second one away for a period, beyond the end of the first", async () => {
    lab.clock.now = new Date("2030-01-01T00:00:00Z");
    const parts = { unique: unique({ withinMs: 60_000 }) };
    const first = await enqueueOne(parts);
    assert.equal((await enqueueOne(parts)).outcome, "kept");
    const [job] = await store.claim({ worker: 1, queue: "default", after: null, limit: 1 });
    await store.complete(1, [{ job: job!, output: undefined }]);
    assert.deepEqual(await enqueueOne(parts), { id: first.id, outcome: "kept" });
    lab.clock.now = new Date("2030-01-01T00:01:00Z");
    assert.equal((await enqueueOne(parts)).outcome, "enqueued");
    lab.clock.now = new Date("2030-01-01T00:02:00Z");
    assert.equal((await enqueueOne(parts)).outcome, "kept", "the period is over and the job is not");
  });

  it("lets one of many at once in", async () => {
    const all = await Promise.all(
      Array.from({ length: 12 }, () => enqueueOne({ unique: unique({ withinMs: 60_000 }) })),
    );
    assert.equal(all.filter(({ outcome }) => outcome === "enqueued").length, 1);
    assert.equal(new Set(all.map(({ id }) => id)).size, 1);
  });

  it("waits for a transaction that stored the same key, and does what follows from its end", async () => {
    for (const end of ["commit", "rollback"] as const) {
      await lab.clear();
      const { transaction, execute: inside } = lab.begin();
      const first = await enqueueOne({ unique: unique() }, inside);
      const second = enqueueOne({ unique: unique() });
      await waitForBlocked(lab, 1);
      await transaction[end]();
      const { id, outcome } = await second;
      if (end === "commit") assert.deepEqual([id, outcome], [first.id, "kept"]);
      else assert.equal(outcome, "enqueued");
    }
  });

  it("lets tenants of a fair queue take turns, in one batch and across batches", async () => {
    const of = (tenant: string, count: number) =>
      Array.from({ length: count }, (_, n) => ({ tenant, isFair: true, payload: `"${tenant}${n}"` }));
    await put(...of("a", 4));
    await put(...of("a", 2));
    await put(...of("b", 3));
    await put(...of("c", 1));
    const order = (await payloads()) as string[];
    assert.deepEqual(
      order
        .slice(0, 3)
        .map((text) => text[0])
        .sort(),
      ["a", "b", "c"],
    );
    assert.deepEqual(
      order
        .slice(3, 7)
        .map((text) => text[0])
        .sort(),
      ["a", "a", "b", "b"],
    );
    assert.deepEqual(
      order.slice(7).map((text) => text[0]),
      ["a", "a", "a"],
    );
  });

  it("gives a tenant no turns that it did not use", async () => {
    const of = (tenant: string, count: number) =>
      Array.from({ length: count }, () => ({ tenant, isFair: true }));
    await put(...of("a", 10));
    await store.claim({ worker: 1, queue: "default", after: null, limit: 6 });
    await put(...of("b", 4));
    const rest = await store.claim({ worker: 2, queue: "default", after: null, limit: 8 });
    assert.deepEqual(
      rest.map(({ seq }) => seq),
      [6, 6, 7, 7, 8, 8, 9, 9],
    );
  });
});

describe("the enqueuer", () => {
  beforeEach(() => lab.clear());

  it("sends what waits as one statement, and answers each after its commit", async () => {
    let statements = 0;
    const woken: number[] = [];
    const enqueuer = new Enqueuer({
      store,
      execute: (statement) => {
        statements++;
        return execute(statement);
      },
      onEnqueued: (jobs) => woken.push(jobs.length),
    });
    const all = await Promise.all(
      Array.from({ length: 1_500 }, (_, n) => enqueuer.enqueue(aJob({ payload: `${n}` }))),
    );
    assert.equal(statements, 2);
    assert.deepEqual(woken, [1_000, 500]);
    const last = await store.find(execute, numberOf(all[1_499]!.id));
    assert.equal(last?.payload, 1_499);
    await enqueuer.enqueue(aJob({ delayMs: 1_000 }));
    assert.equal(woken.length, 3);
    await enqueuer.stop();
  });

  it("does not fail the neighbours of a bad job", async () => {
    const enqueuer = new Enqueuer({ store, execute, onEnqueued: () => {} });
    const results = await Promise.allSettled(
      ["1", '"\\u0000"', "2", "3"].map((payload) => enqueuer.enqueue(aJob({ payload }))),
    );
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled", "fulfilled"],
    );
    assert.deepEqual(await payloads(), [1, 2, 3]);
  });

  it("does not send again what may have been stored", async () => {
    let calls = 0;
    const lost = Object.assign(new Error("gone"), { code: "ASHLAR_COMMIT_OUTCOME_UNKNOWN" });
    const enqueuer = new Enqueuer({
      store: {
        enqueue() {
          calls++;
          return Promise.reject(lost);
        },
      },
      execute,
      onEnqueued: () => {},
    });
    const results = await Promise.allSettled([enqueuer.enqueue(aJob()), enqueuer.enqueue(aJob())]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(calls, 1);
  });
});

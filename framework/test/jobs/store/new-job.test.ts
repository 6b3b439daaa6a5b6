import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { closed, Type } from "ashlar/contract";
import { type JobPolicy, jobDeclaration, newJob } from "ashlar/jobs";

const payload = closed({ id: Type.Number(), name: Type.Optional(Type.String()) });
type Payload = { id: number; name?: string };
const jobOf = (policy: JobPolicy<Payload>) => jobDeclaration("billing", "charge", payload, policy);
const made = (policy: JobPolicy<Payload>, value: Payload = { id: 1 }, options = {}, queues = {}) =>
  newJob(jobOf(policy).of(value, options), queues);

describe("a new job", () => {
  it("has the defaults where nothing is said, and the options before the policy", () => {
    const plain = made({});
    assert.deepEqual(
      [plain.kind, plain.queue, plain.priority, plain.maxAttempts, plain.timeoutMs, plain.payload],
      ["charge", "default", 0, 20, 30_000, '{"id":1}'],
    );
    const given = made(
      { priority: 5, maxAttempts: 3, tags: ["a"] },
      { id: 1 },
      { priority: -1, tags: ["b", "a"] },
    );
    assert.deepEqual([given.priority, given.maxAttempts, given.tags], [-1, 3, ["a", "b"]]);
  });

  it("names the keys of its limits by what they belong to", () => {
    const job = made({
      limit: { maximum: 1, key: ({ id }) => `${id}` },
      rate: { maximum: 1, perMs: 1 },
      order: ({ id }) => `${id}`,
      tenant: ({ id }) => `t${id}`,
    });
    assert.deepEqual(
      [job.limitKey, job.rateKey, job.orderKey, job.tenant],
      ["limit:charge:1", "rate:charge:", "order:charge:1", "t1"],
    );
    const ofQueue = made({ queue: "slow" }, { id: 1 }, {}, { slow: { limit: 2, isFair: true } });
    assert.deepEqual([ofQueue.limitKey, ofQueue.tenant, ofQueue.isFair], ["queue:slow:", "", true]);
  });

  it("is unique by its payload whatever the order of its keys, and bounds long keys", () => {
    const policy: JobPolicy<Payload> = { unique: { by: "payload" } };
    const one = made(policy, { id: 1, name: "n" }).unique?.key;
    assert.equal(one, made(policy, { name: "n", id: 1 }).unique?.key);
    assert.notEqual(one, made(policy, { id: 2, name: "n" }).unique?.key);
    const long = (end: string) => made({ unique: { by: () => "x".repeat(5_000) + end } }).unique!.key;
    assert.ok(long("a").length < 400);
    assert.notEqual(long("a"), long("b"));
  });

  it("is refused with a payload that its schema or PostgreSQL does not take", () => {
    assert.throws(() => made({}, { id: "1" } as never), { code: "ASHLAR_JOB_PAYLOAD_INVALID" });
    for (const name of ["a\0b", "\ud800"]) {
      assert.throws(() => made({}, { id: 1, name }), { code: "ASHLAR_JOB_PAYLOAD_INVALID" });
    }
    for (const name of ["\\u0000", "\u0001", "😀", '\\"\\ud800']) assert.ok(made({}, { id: 1, name }));
  });

  it("is refused with options that make no sense", () => {
    for (const options of [
      { delayMs: -1 },
      { delayMs: Number.NaN },
      { runAt: new Date(Number.NaN) },
      { runAt: new Date(), delayMs: 1 },
      { priority: 101 },
      { maxAttempts: 0 },
      { timeoutMs: 1.5 },
      { after: ["ordering:1"] },
      { afterEnd: ["billing:x"] },
    ]) {
      assert.throws(
        () => made({}, { id: 1 }, options),
        { code: "ASHLAR_JOB_OPTIONS_INVALID" },
        JSON.stringify(options),
      );
    }
    assert.throws(() => made({ queue: "nowhere" }), { code: "ASHLAR_JOB_OPTIONS_INVALID" });
  });

  it("waits for a job that is named twice until it has completed", () => {
    const { after } = made({}, { id: 1 }, { after: ["billing:1"], afterEnd: ["billing:1", "billing:2"] });
    assert.deepEqual(after, [
      { job: 1, settles: false },
      { job: 2, settles: true },
    ]);
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attempt, AttemptResult, ClaimedJob } from "../../../src/jobs/attempt.ts";
import { type JobAborted, LeaseLostError } from "../../../src/jobs/errors.ts";
import { type AttemptHost, AttemptRun } from "../../../src/jobs/worker/attempt-run.ts";
import type { Transaction } from "../../../src/postgres/index.ts";

const done: AttemptResult = { kind: "completed", output: 1, isSettled: false };
const noTransaction = {} as Transaction;

test("an attempt ends as the handler says", async () => {
  const run = start(async () => done);
  assert.deepEqual(await run.outcome, done);
  assert.equal(run.isGivenUp, false);
});

test("a perform that breaks its promise not to reject is a failed attempt", async () => {
  const broken = new Error("broken");
  for (const perform of [
    () => Promise.reject(broken),
    () => {
      throw broken;
    },
  ]) {
    const outcome = await start(perform).outcome;
    assert.equal(outcome.kind, "failed");
    assert.equal(outcome.kind === "failed" && outcome.error, broken);
  }
});

test("when its time is up the signal says so, and what the handler throws then is a time-out", async () => {
  const run = start(untilAborted, { timeoutMs: 5 });
  const outcome = await run.outcome;
  assert.equal(run.signal.aborted, true);
  assert.equal((run.signal.reason as JobAborted).code, "ASHLAR_JOB_TIMEOUT");
  assert.equal(outcome.kind, "failed");
  assert.equal(outcome.kind === "failed" && outcome.error, run.signal.reason);
  assert.equal(outcome.kind === "failed" && outcome.retryAfterMs, 7, "the handler's own backoff");
});

test("what is done in spite of an abort counts as done", async () => {
  const handler = Promise.withResolvers<AttemptResult>();
  const run = start(() => handler.promise);
  run.abort("cancelled", "not wanted");
  handler.resolve(done);
  assert.deepEqual(await run.outcome, done);
});

test("a cancelled attempt is cancelled for the reason given", async () => {
  const run = start(untilAborted);
  run.abort("cancelled", "not wanted");
  assert.deepEqual(await run.outcome, { kind: "cancelled", reason: "not wanted" });
});

test("the loss of the lease outranks another abort, and nothing but a commit before it counts", async () => {
  const lost = start(untilAborted);
  lost.abort("timeout", "late");
  lost.abort("lease_lost", "expelled");
  assert.deepEqual(await lost.outcome, { kind: "lost" });
  const ignoring = start(async () => done);
  ignoring.abort("lease_lost", "expelled");
  await assert.rejects(ignoring.completeIn(noTransaction, "role", null), LeaseLostError);
  assert.deepEqual(await ignoring.outcome, { kind: "lost" });
  const committed = start(async () => ({ ...done, isSettled: true }) as AttemptResult);
  committed.abort("lease_lost", "expelled");
  assert.equal((await committed.outcome).kind, "completed");
});

test("a handler that ignores its time-out is given up and cannot complete the job any more", async () => {
  const handler = Promise.withResolvers<AttemptResult>();
  const run = start(() => handler.promise, { timeoutMs: 5 }, 5);
  const outcome = await run.outcome;
  assert.equal(outcome.kind, "failed");
  assert.equal(run.isGivenUp, true);
  await assert.rejects(run.completeIn(noTransaction, "role", null), LeaseLostError);
  handler.resolve(done);
  assert.equal(await run.outcome, outcome);
});

test("at shutdown the worker decides how long it waits, and the attempt is released", async () => {
  const handler = Promise.withResolvers<AttemptResult>();
  const ignoring = start(() => handler.promise, {}, 0);
  ignoring.abort("shutdown", "stopped");
  ignoring.giveUp();
  assert.deepEqual(await ignoring.outcome, { kind: "released" });
  const obeying = start(untilAborted);
  obeying.abort("shutdown", "stopped");
  assert.deepEqual(await obeying.outcome, { kind: "released" });
  assert.equal(obeying.isGivenUp, false);
  handler.resolve(done);
});

function untilAborted(attempt: Attempt): Promise<AttemptResult> {
  return new Promise((resolve) => {
    attempt.signal.addEventListener("abort", () =>
      resolve({ kind: "failed", error: new Error("aborted"), retryAfterMs: 7 }),
    );
  });
}

function start(
  perform: (attempt: Attempt) => Promise<AttemptResult>,
  given: Partial<ClaimedJob> = {},
  patienceMs = 60_000,
): AttemptRun {
  const host: AttemptHost = { completeIn: async () => [], reportProgress: async () => {} };
  const job = { module: "shipping", id: 1, attempt: 1, timeoutMs: 60_000, ...given } as ClaimedJob;
  return new AttemptRun(job, perform, host, { patienceMs });
}

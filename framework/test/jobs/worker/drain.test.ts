import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Attempt, AttemptResult } from "../../../src/jobs/attempt.ts";
import { type BackgroundTask, drain } from "../../../src/jobs/index.ts";
import { type Lab, type Producer, startLab } from "./lab.ts";

const ROLE = "worker_lab_ashlar_app";

let lab: Lab;
let producer: Producer;

before(async () => {
  lab = await startLab();
  producer = await lab.producer();
});

test("runs what is due, in order and one after the other, and what comes of it", async () => {
  const seen: string[] = [];
  let isRelayed = false;
  const relay: BackgroundTask = {
    name: "relay",
    run: async () => {
      if (!seen.includes("second") || isRelayed) return false;
      isRelayed = true;
      await lab.enqueue("relayed", [{ module: "user" }]);
      return true;
    },
  };
  await lab.enqueue("second", [{ priority: 1 }]);
  const [first] = await lab.enqueue("first", [{ priority: 0 }]);
  const [later] = await lab.enqueue("later", [{ delayMs: 60_000 }]);
  const drained = await run(
    async ({ job }) => {
      seen.push(job.kind);
      if (job.kind === "first") await lab.enqueue("child", [{ priority: 2 }]);
      return { kind: "completed", output: null, isSettled: false };
    },
    [relay],
  );
  assert.deepEqual(seen, ["first", "second", "child", "relayed"]);
  assert.deepEqual(drained[0], { kind: "shipping.first", id: `shipping:${first}`, outcome: "completed" });
  assert.equal(drained.length, 4);
  const left = await lab.admin`select id from shipping._jobs`;
  assert.deepEqual(left, [{ id: later }]);
  assert.deepEqual(await lab.admin`select id from ashlar.workers`, []);
  await lab.admin`delete from shipping._jobs`;
});

test("says how each attempt ended; what is to be retried at once is", async () => {
  const error = new Error("no luck");
  const results: Record<string, AttemptResult> = {
    buried: { kind: "gave_up", error },
    cancelled: { kind: "cancelled", reason: "not wanted" },
    snoozed: { kind: "snoozed", delayMs: 60_000 },
  };
  for (const kind of ["failing", ...Object.keys(results)]) await lab.enqueue(kind, [{ maxAttempts: 2 }]);
  const drained = await run(
    async ({ job }) => results[job.kind] ?? { kind: "failed", error, retryAfterMs: 0 },
  );
  assert.deepEqual(drained.map(({ kind, outcome }) => `${kind} ${outcome}`).sort(), [
    "shipping.buried gave_up",
    "shipping.cancelled cancelled",
    "shipping.failing failed",
    "shipping.failing failed",
    "shipping.snoozed snoozed",
  ]);
  assert.equal(drained.find(({ outcome }) => outcome === "failed")?.error, error);
  await lab.admin`delete from shipping._jobs`;
});

async function run(perform: (attempt: Attempt) => Promise<AttemptResult>, tasks: BackgroundTask[] = []) {
  const modules = ["shipping", "user"].map((module) => ({
    module,
    queues: { default: { concurrency: 1 } },
    weight: 1,
    perform,
  }));
  return await drain({ pool: producer.pool, role: ROLE, modules, stores: producer.stores, tasks });
}

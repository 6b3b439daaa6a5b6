import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "ashlar/contract";
import { eventually } from "ashlar/testing";
import {
  jobDeclaration,
  QueueAdministration,
  type ScheduleDeclaration,
  scheduleTask,
  syncSchedules,
} from "../../../src/jobs/index.ts";
import { startLab } from "../worker/lab.ts";

const lab = await startLab();
const app = "worker_lab";
const module = "shipping";
const weigh = jobDeclaration(module, "weigh", Type.Object({}), {});
const schedules: readonly ScheduleDeclaration[] = [
  { name: "often", module, job: weigh, payload: {}, timing: { everyMs: 250, catchUp: "none" } },
  { name: "nightly", module, job: weigh, payload: {}, timing: { cron: "0 3 1 1 *" } },
];

/** A worker with the schedules of the module, as an instance of the app has it. */
async function startInstance() {
  const { pool, wake, stores } = await lab.producer();
  const parts = { app, pool, module, schedules, clock: () => null };
  await syncSchedules(parts);
  return await lab.start({
    handlers: { weigh: () => "weighed" },
    tasks: [scheduleTask({ ...parts, queues: {}, wake, store: stores.get(module)! })],
  });
}

async function enqueuedBy(schedule: string): Promise<number[]> {
  const rows = await lab.admin<{ at: Date }>`
    select (origin ->> 'scheduledFor')::timestamptz as at from shipping._finished_jobs
     where origin ->> 'schedule' = ${schedule} order by 1`;
  return rows.map(({ at }) => at.getTime());
}

test("workers run what is scheduled: no time is passed over and none comes twice", async () => {
  const instances = await Promise.all([startInstance(), startInstance()]);
  // Jobs may end in another order than they began, so a gap can close a moment later; one that stays is a failure.
  const times = await eventually("ten times have come, one after the other", async () => {
    const found = [...new Set(await enqueuedBy("often"))];
    return found.length >= 10 && found.every((time, index) => time === found[0]! + index * 250) && found;
  });
  await Promise.all(instances.map((instance) => instance.stop()));
  const all = await enqueuedBy("often");
  assert.ok(all.length >= times.length);
  assert.equal(new Set(all).size, all.length);
});

test("a schedule that somebody wants run at once is run by a worker, though it is paused", async () => {
  const instance = await startInstance();
  const administration = new QueueAdministration({ app, modules: ["shipping", "user"], pool: instance.pool });
  await administration.pauseSchedules(module, ["nightly", "often"]);
  assert.deepEqual(await administration.runSchedules(module, ["nightly"]), ["nightly"]);
  await eventually("it has run", async () => (await enqueuedBy("nightly")).length === 1);
  await instance.stop();
});

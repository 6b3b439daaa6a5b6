import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  listSchedules,
  pauseSchedules,
  resumeSchedules,
  runSchedulesNow,
} from "../../../src/jobs/schedules/schedule-control.ts";
import { scheduleFaults } from "../../../src/jobs/schedules/schedules.ts";
import type { Execute } from "../../../src/jobs/store/store-parts.ts";
import { MODULE, schedule, scheduleScene } from "./schedule-scene.ts";

const scene = await scheduleScene();
beforeEach(() => scene.clear());

const pool = scene.pool();
const execute: Execute = (statement) => pool.execute("schedules_lab_ashlar_app", statement);
const at = (time: string) => new Date(`2026-05-04T${time}Z`);
const times = async () => (await scene.enqueued()).map(({ scheduledFor }) => scheduledFor.slice(11, 19));

test("the first start stores the schedules of the code with their next time, by the database's clock", async () => {
  await scene.instance([schedule("nightly", { cron: "0 3 * * *", timeZone: "Europe/Berlin" })]).sync();
  const { rows } = await scene.admin.query(
    `select name, kind, timing, next_at > now() and next_at <= now() + interval '25 hours' as is_soon
       from ${MODULE}._schedules`,
  );
  assert.deepEqual(rows, [
    {
      name: "nightly",
      kind: "reconcile",
      timing: { cron: "0 3 * * *", timeZone: "Europe/Berlin" },
      is_soon: true,
    },
  ]);
});

test("a restart leaves the next time alone, another timing works it out anew, and what is gone is removed", async () => {
  scene.now = at("10:00:30");
  await scene.instance([schedule("a", { everyMs: 60_000 }), schedule("b", { cron: "* * * * *" })]).sync();
  scene.now = at("10:05:00");
  await scene
    .instance([schedule("a", { everyMs: 60_000, catchUp: "all" }), schedule("c", { everyMs: 1000 })])
    .sync();
  assert.deepEqual(
    (await scene.rows()).map(({ name, next_at }) => [name, next_at]),
    [
      ["a", at("10:01:30")],
      ["c", at("10:05:01")],
    ],
  );
  await scene.instance([schedule("a", { everyMs: 120_000 })]).sync();
  assert.deepEqual(
    (await scene.rows()).map(({ name, next_at }) => [name, next_at]),
    [["a", at("10:07:00")]],
  );
  await scene.instance([]).sync();
  assert.deepEqual(await scene.rows(), []);
});

test("a due schedule becomes a job that says where it comes from, and its queue is woken", async () => {
  scene.now = at("10:00:00");
  const instance = scene.instance([schedule("a", { cron: "* * * * *" })]);
  await instance.sync();
  await instance.runAll();
  assert.deepEqual(await scene.enqueued(), []);
  scene.now = at("10:01:00");
  await instance.runAll();
  assert.deepEqual(await scene.enqueued(), [{ schedule: "a", scheduledFor: "2026-05-04T10:01:00.000Z" }]);
  assert.deepEqual(scene.rung, [`jobs:${MODULE}:default`]);
  const [row] = await scene.rows();
  assert.deepEqual([row.next_at, row.last_at], [at("10:02:00"), at("10:01:00")]);
});

test("the heartbeat sees from one expression whether a schedule is due", async () => {
  const instance = scene.instance([schedule("a", { everyMs: 60_000 })]);
  await instance.sync();
  assert.equal(await instance.isDue(), false);
  await scene.admin.query(`update ${MODULE}._schedules set next_at = now()`);
  assert.equal(await instance.isDue(), true);
  assert.equal(await scene.instance([schedule("of another release", { everyMs: 1000 })]).isDue(), false);
  await instance.runAll();
  assert.equal(await instance.isDue(), false);
});

test("what no instance was there for is made up for as the schedule says", async () => {
  scene.now = at("10:00:00");
  const cron = "* * * * *";
  const instance = scene.instance([
    schedule("one", { cron }),
    schedule("all", { cron, catchUp: "all" }),
    schedule("none", { cron, catchUp: "none" }),
  ]);
  await instance.sync();
  scene.now = at("10:03:30");
  await instance.runAll();
  const enqueued = await scene.enqueued();
  const of = (name: string) =>
    enqueued.filter((each) => each.schedule === name).map(({ scheduledFor }) => scheduledFor.slice(11, 19));
  assert.deepEqual(of("one"), ["10:03:00"]);
  assert.deepEqual(of("all"), ["10:01:00", "10:02:00", "10:03:00"]);
  assert.deepEqual(of("none"), []);
  for (const { next_at } of await scene.rows()) assert.deepEqual(next_at, at("10:04:00"));
});

test("times that come while an instance runs are never skipped, only late", async () => {
  const instance = scene.instance([schedule("a", { everyMs: 1000, catchUp: "none" })]);
  await instance.sync();
  // As if an instance had run for an hour and nobody had looked for ten seconds.
  await scene.admin.query(
    `insert into ashlar.workers (host, pid, started_at) values ('here', 1, now() - interval '1 hour');
     update ${MODULE}._schedules set next_at = now() - interval '9.5 s'`,
  );
  await instance.runAll();
  assert.equal((await times()).length, 10);
});

test("a schedule that this instance does not know is left to those that do", async () => {
  scene.now = at("10:00:00");
  await scene.instance([schedule("new", { everyMs: 1000 })]).sync();
  scene.now = at("10:00:05");
  const older = scene.instance([schedule("old", { everyMs: 1000 })]);
  await older.runAll();
  assert.deepEqual(await times(), []);
});

test("a paused schedule enqueues nothing, and goes on from where it is resumed", async () => {
  const instance = scene.instance([schedule("a", { everyMs: 1000, catchUp: "all" })]);
  await instance.sync();
  assert.deepEqual(await pauseSchedules(execute, MODULE, ["a", "no such"], "ann"), ["a"]);
  assert.deepEqual(await pauseSchedules(execute, MODULE, ["a"], "ben"), []);
  await scene.admin.query(`update ${MODULE}._schedules set next_at = now() - interval '1 hour'`);
  assert.equal(await instance.isDue(), false);
  await instance.runAll();
  assert.deepEqual(await times(), []);
  assert.equal((await listSchedules(execute, MODULE))[0]!.pausedBy, "ann");
  assert.deepEqual(await resumeSchedules(execute, MODULE, ["a"]), ["a"]);
  const [status] = await listSchedules(execute, MODULE);
  assert.equal(status!.pausedAt, null);
  const { rows } = await scene.admin.query(
    `select next_at > now() - interval '1 s' as is_ahead from ${MODULE}._schedules`,
  );
  assert.equal(rows[0].is_ahead, true);
});

test("run now enqueues one job beside the schedule's times, even when it is paused", async () => {
  scene.now = at("10:00:30");
  const instance = scene.instance([schedule("a", { cron: "0 3 * * *" })]);
  await instance.sync();
  await pauseSchedules(execute, MODULE, ["a"], null);
  assert.deepEqual(await runSchedulesNow(execute, MODULE, ["a", "no such"]), ["a"]);
  assert.equal(await instance.isDue(), true);
  await instance.runAll();
  assert.deepEqual(await times(), ["10:00:30"]);
  const [row] = await scene.rows();
  assert.deepEqual([row.next_at, row.run_requested_at], [new Date("2026-05-05T03:00:00Z"), null]);
  await instance.runAll();
  assert.equal((await times()).length, 1);
});

test("the boot is told what is wrong with a schedule", () => {
  assert.deepEqual(scheduleFaults(schedule("a", {})), ["it has neither cron nor everyMs; give one of them"]);
});

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { nextTime } from "../../../src/jobs/schedules/schedule-timing.ts";
import { type EnqueuedTime, schedule, scheduleScene } from "./schedule-scene.ts";

const scene = await scheduleScene();
beforeEach(() => scene.clear());

const START = new Date("2026-03-28T22:00:00Z");
/** A hundred schedules of every sort, on the night that the clocks change. */
const schedules = Array.from({ length: 100 }, (_, number) =>
  schedule(`s${String(number).padStart(2, "0")}`, {
    catchUp: "all",
    ...(number % 3 === 0
      ? { everyMs: 60_000 * (5 + number) }
      : { cron: `${number % 60} */${1 + (number % 4)} * * *`, timeZone: "Europe/Berlin" }),
  }),
);

function expectedUntil(end: Date): string[] {
  return schedules.flatMap(({ name, timing }) => {
    const stored = timing.everyMs === undefined ? timing : { everyMs: timing.everyMs };
    const times: string[] = [];
    for (let time = nextTime(stored, START, START); time <= end; time = nextTime(stored, START, time)) {
      times.push(`${name} ${time.toISOString()}`);
    }
    return times;
  });
}

/** What is there twice or should not be there, and what is missing. */
function differences(enqueued: readonly EnqueuedTime[], expected: readonly string[]) {
  const found = enqueued.map(({ schedule: name, scheduledFor }) => `${name} ${scheduledFor}`);
  const wanted = new Set(expected);
  const seen = new Set<string>();
  const surplus = found.filter((each) => {
    const isSurplus = seen.has(each) || !wanted.has(each);
    seen.add(each);
    return isSurplus;
  });
  return { surplus, missing: expected.filter((each) => !seen.has(each)) };
}

type Instance = ReturnType<typeof scene.instance>;

/** Lets the instances look at the same moments, all at once, for twelve hours. */
async function letRun(instances: readonly Instance[]): Promise<Date> {
  scene.now = START;
  await Promise.all(instances.map((instance) => instance.sync()));
  for (const minutes of [1, 7, 60, 61, 180, 181, 182, 400, 719, 720]) {
    scene.now = new Date(START.getTime() + minutes * 60_000);
    await Promise.all(instances.flatMap((instance) => [instance.runAll(), instance.runAll()]));
  }
  // Whatever a failure left undone.
  await instances.at(-1)!.runAll();
  return scene.now;
}

test("two instances that start a hundred schedules at once enqueue each time once", async () => {
  const end = await letRun([scene.instance(schedules), scene.instance(schedules)]);
  const expected = expectedUntil(end);
  assert.ok(expected.length > 500);
  assert.deepEqual(differences(await scene.enqueued(), expected), { surplus: [], missing: [] });
});

let deaths = 0;

/** An instance that dies every other time between enqueuing and its commit. */
function dyingInstance(isBroken: boolean): Instance {
  let runs = 0;
  const pool = scene.pool();
  const instance = scene.instance(schedules, {
    pool,
    store: (store) => ({
      async enqueue(execute, jobs) {
        const enqueued = isBroken
          ? await store.enqueue((statement) => pool.execute("schedules_lab_ashlar_app", statement), jobs)
          : await store.enqueue(execute, jobs);
        if (++runs % 2 === 1) {
          deaths++;
          throw new Error("died");
        }
        return enqueued;
      },
    }),
  });
  const { runAll } = instance;
  return {
    ...instance,
    runAll: () =>
      runAll().catch((error) => {
        if (error.message !== "died") throw error;
      }),
  };
}

test("an instance that dies between enqueuing and committing leaves no duplicate and no gap", async () => {
  const end = await letRun([dyingInstance(false), dyingInstance(false), scene.instance(schedules)]);
  assert.ok(deaths > 0);
  assert.deepEqual(differences(await scene.enqueued(), expectedUntil(end)), { surplus: [], missing: [] });
});

test("the check finds an instance that enqueues outside of the transaction", async () => {
  const end = await letRun([dyingInstance(true), dyingInstance(true), scene.instance(schedules)]);
  assert.ok(differences(await scene.enqueued(), expectedUntil(end)).surplus.length > 0);
});

test("the check finds a time that was passed over", async () => {
  const end = await letRun([scene.instance(schedules)]);
  const [first, ...rest] = await scene.enqueued();
  assert.deepEqual(differences(rest, expectedUntil(end)).missing, [
    `${first!.schedule} ${first!.scheduledFor}`,
  ]);
});

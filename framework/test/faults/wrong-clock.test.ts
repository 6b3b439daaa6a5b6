// The clock of an instance is wrong by an hour. Only the database's counts: for times, delays, retries, leases.
import assert from "node:assert/strict";
import { test } from "node:test";
import { defer, FLAKY_BACKOFF_MS, flaky, grind, numberOf, TICK_MS } from "./app/definitions.ts";
import { inForm } from "./dice.ts";
import {
  lostJobs,
  type Tick,
  type Timed,
  wrongDeaths,
  wrongEffects,
  wrongTicks,
  wrongTimes,
} from "./invariants.ts";
import { ledgerOf } from "./load.ts";
import { Trial } from "./trial.ts";
import { until } from "./until.ts";

const HOUR_MS = 3_600_000;
const JOBS = inForm({ short: 60, long: 1_000 });
const LATER_MS = inForm({ short: 1_000, long: 10_000 });
const SCHEDULES = 5;
/** Long for a busy machine, short beside an hour. */
const MOST_LATE_MS = 10_000;

test("instances whose clocks are wrong by an hour do everything at its time", async (test) => {
  const trial = await Trial.start(test, { work: { concurrency: 6 } });
  const instances = [
    trial.instance("fast", { clockWrongByMs: HOUR_MS, schedules: SCHEDULES }),
    trial.instance("slow", { clockWrongByMs: -HOUR_MS, schedules: SCHEDULES }),
    trial.instance("right", { schedules: SCHEDULES }),
  ];
  await Promise.all(instances.map((instance) => instance.is("working")));
  const before = await Promise.all(instances.map((instance) => instance.stats()));

  const ids: number[] = [];
  const enqueue = async (...parts: Parameters<Trial["app"]["enqueueAll"]>) => {
    const told = await trial.app.enqueueAll(...parts);
    for (const { id } of told) ids.push(numberOf(id));
  };
  const many = <T>(make: () => T) => Array.from({ length: JOBS }, make);
  const now = await clockOf(trial);
  await enqueue(many(() => grind.of({ ms: 5 }, { delayMs: LATER_MS })));
  await enqueue(many(() => grind.of({ ms: 5 }, { runAt: new Date(now + LATER_MS) })));
  await enqueue(many(() => defer.of({ ms: LATER_MS })));
  await enqueue(many(() => flaky.of({ ms: 0 })));
  // For how long the schedules are watched as well.
  await until(
    "all that was enqueued is done",
    async () =>
      (await clockOf(trial)) > now + 2 * LATER_MS &&
      (await trial.number("select count(*) from mill._jobs")) === 0,
    LATER_MS * 2 + 20_000,
  );
  const after = await Promise.all(instances.map((instance) => instance.stats()));
  for (const instance of instances) instance.signal("SIGTERM");
  assert.deepEqual(await Promise.all(instances.map(({ ended }) => ended)), [0, 0, 0]);

  const ledger = await ledgerOf(trial, ids);
  assert.deepEqual(lostJobs({ ...ledger, unfinished: [] }), []);
  const withEffects = await trial.rows<{ id: number }>(
    "select id from mill._finished_jobs where kind in ('grind', 'defer')",
  );
  assert.equal(withEffects.length, 4 * JOBS);
  assert.deepEqual(
    wrongEffects(
      ledger,
      withEffects.map(({ id }) => id),
    ),
    [],
  );
  assert.deepEqual(wrongDeaths(ledger, new Map()), []);

  const timed = [...(await delayed(trial, now)), ...(await deferred(trial)), ...(await retried(trial))];
  assert.equal(timed.length, 5 * JOBS);
  assert.deepEqual(wrongTimes(timed, MOST_LATE_MS), []);
  const ticks = await trial.rows<Tick & { ranAt: number }>(`
    select schedule, extract(epoch from scheduled_for)::float8 * 1000 as at, extract(epoch from at)::float8 * 1000 as "ranAt"
    from office.ticks`);
  const schedules = Array.from({ length: SCHEDULES }, (_, index) => `tick${index}`);
  assert.deepEqual(wrongTicks(ticks, { schedules, everyMs: TICK_MS, until: now + LATER_MS }), []);
  const ticked = ticks.map(({ schedule, at, ranAt }) => ({ what: schedule, dueAt: at, ranAt }));
  assert.deepEqual(wrongTimes(ticked, MOST_LATE_MS), []);

  const workers = (stats: typeof before) => stats.map(({ worker, expulsions }) => ({ worker, expulsions }));
  assert.deepEqual(workers(after), workers(before), "no worker was taken for dead");
  const took = await trial.rows<{ instance: string }>(
    "select distinct instance from mill.effects order by instance",
  );
  assert.deepEqual(
    took.map(({ instance }) => instance),
    ["fast", "right", "slow"],
  );
});

const clockOf = (trial: Trial) => trial.number("select extract(epoch from clock_timestamp()) * 1000");

/** Jobs that this process, whose clock is right, enqueued for later. */
async function delayed(trial: Trial, now: number): Promise<Timed[]> {
  return await trial.rows(
    `select 'job ' || job as what, $1::float8 as "dueAt", extract(epoch from at)::float8 * 1000 as "ranAt"
     from mill.effects join mill._finished_jobs j on j.id = job where kind = 'grind' and tags is null`,
    [now + LATER_MS],
  );
}

/** Jobs that were enqueued for later by instances whose clocks are wrong. */
async function deferred(trial: Trial): Promise<Timed[]> {
  return await trial.rows(
    `select 'job ' || job as what, extract(epoch from enqueued_at)::float8 * 1000 + $1 as "dueAt",
       extract(epoch from at)::float8 * 1000 as "ranAt"
     from mill.effects join mill._finished_jobs j on j.id = job where kind = 'grind' and tags is not null`,
    [LATER_MS],
  );
}

async function retried(trial: Trial): Promise<Timed[]> {
  return await trial.rows(
    `select 'attempt ' || attempt || ' at ' || job as what, "dueAt", "ranAt" from (
       select job, attempt, extract(epoch from at)::float8 * 1000 as "ranAt",
         extract(epoch from lag(at) over (partition by job order by attempt))::float8 * 1000 + $1 as "dueAt"
       from mill.outside) attempts
     where attempt > 1`,
    [FLAKY_BACKOFF_MS],
  );
}

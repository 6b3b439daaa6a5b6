// A hundred schedules in two instances that start at once, one of which is killed, and none of which runs for a while.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { TICK_MS } from "./app/definitions.ts";
import { Dice, inForm } from "./dice.ts";
import { type Tick, wrongTicks } from "./invariants.ts";
import { Trial } from "./trial.ts";
import { until } from "./until.ts";

const SCHEDULES = 100;
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? inForm({ short: 1, long: 10 }));
const TICKS_A_ROUND = inForm({ short: 1, long: 4 });

test("a hundred schedules of two instances come round once each time, through kills and a standstill", async (test) => {
  const dice = Dice.of(test);
  const trial = await Trial.start(test);
  const start = (name: string, waits = false) => trial.instance(name, { schedules: SCHEDULES, waits });
  const both = [start("first", true), start("second", true)];
  await Promise.all(both.map((instance) => instance.is("ready")));
  for (const instance of both) instance.go();
  await Promise.all(both.map((instance) => instance.is("working")));

  const cameRound = async () => {
    const before = await trial.number("select count(*) from office.ticks");
    await until(
      "all have come round",
      async () =>
        (await trial.number("select count(*) from office.ticks")) >= before + SCHEDULES * TICKS_A_ROUND,
    );
  };
  await cameRound();
  for (let round = 0; round < ROUNDS; round++) {
    const [killed, other] = dice.shuffled([0, 1]) as [number, number];
    await delay(dice.between(0, TICK_MS));
    await both[killed]!.kill();
    both[killed] = start(`killed ${round}`);
    await both[killed].is("working");
    await cameRound();
    // Both at once: nobody is there for more than one tick.
    await Promise.all(both.map((instance) => instance.kill()));
    await delay(dice.between(TICK_MS, 3 * TICK_MS));
    both[killed] = start(`again ${round}`, true);
    both[other] = start(`anew ${round}`, true);
    await Promise.all(both.map((instance) => instance.is("ready")));
    for (const instance of both) instance.go();
    await Promise.all(both.map((instance) => instance.is("working")));
    await cameRound();
  }
  const end = await trial.number("select extract(epoch from clock_timestamp()) * 1000");
  await until(
    "the last ticks are enqueued",
    async () =>
      (await trial.number(
        "select count(*) from office._schedules where last_at < to_timestamp($1 / 1000.0)",
        [end],
      )) === 0,
  );
  for (const instance of both) instance.signal("SIGTERM");
  assert.deepEqual(await Promise.all(both.map(({ ended }) => ended)), [0, 0]);

  // What was enqueued, and of that what has run: jobs of the last tick may wait in the queue.
  const ticks = await trial.rows<Tick>(`
    select origin ->> 'schedule' as schedule,
      extract(epoch from (origin ->> 'scheduledFor')::timestamptz)::float8 * 1000 as at
    from (select origin from office._jobs union all select origin from office._finished_jobs
      union all select origin from office._dead_jobs) jobs`);
  const schedules = Array.from({ length: SCHEDULES }, (_, index) => `tick${index}`);
  test.diagnostic(`${ticks.length} ticks of ${SCHEDULES} schedules, ${ROUNDS * 3} kills`);
  assert.deepEqual(wrongTicks(ticks, { schedules, everyMs: TICK_MS, until: end }), []);
  const twice = await trial.rows("select job from office.ticks group by job having count(*) > 1");
  assert.deepEqual(twice, []);
  const without = await trial.rows(`
    select id from office._finished_jobs where id not in (select job from office.ticks)
    union all select id from office._dead_jobs`);
  assert.deepEqual(without, []);
});

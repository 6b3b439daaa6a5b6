// A worker that is stopped for longer than its lease and wakes again: what was given away is no longer its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { call, grind, rest } from "./app/definitions.ts";
import { Dice, inForm } from "./dice.ts";
import { lostJobs, wrongDeaths, wrongEffects } from "./invariants.ts";
import { Load, ledgerOf } from "./load.ts";
import { Trial } from "./trial.ts";
import { until } from "./until.ts";

const LEASE_MS = inForm({ short: 2_000, long: 15_000 });
const STALLED_MS = inForm({ short: 3_000, long: 60_000 });
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? inForm({ short: 1, long: 3 }));

test("a stalled worker completes nothing that was given away, and works on under a new name", async (test) => {
  const dice = Dice.of(test);
  const trial = await Trial.start(test, { work: { leaseMs: LEASE_MS } });
  const stalled = trial.instance("stalled");
  const steady = trial.instance("steady");
  await Promise.all([stalled.is("working"), steady.is("working")]);
  const load = new Load(trial, {
    everyMs: 100,
    turn: () =>
      Array.from({ length: 10 }, () => ({
        job: dice.pick([grind, grind, rest, call]),
        ms: dice.between(0, 150),
      })),
  });
  let givenAway = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { worker } = await stalled.stats();
    await load.flows(dice.between(0, 500));
    await until("it has jobs", () =>
      trial.number("select count(*) from mill._jobs where worker = $1", [worker]),
    );
    stalled.signal("SIGSTOP");
    givenAway += await trial.number("select count(*) from mill._jobs where worker = $1", [worker]);
    const since = performance.now();
    await until(
      "it is expelled, and its jobs are with others",
      async () =>
        (await trial.number("select count(*) from ashlar.workers where id = $1", [worker])) === 0 &&
        (await trial.number("select count(*) from mill._jobs where worker = $1", [worker])) === 0,
      LEASE_MS + 20_000,
    );
    // The length of the stall is the fault itself.
    await delay(Math.max(0, STALLED_MS - (performance.now() - since)));
    const [last] = await trial.rows<{ id: number }>("select max(id) as id from mill.effects");
    stalled.signal("SIGCONT");
    await until("it works on", () =>
      trial.number("select count(*) from mill.effects where instance = 'stalled' and id > $1", [last!.id]),
    );
    const stats = await stalled.stats();
    assert.notEqual(stats.worker, worker);
    assert.equal(stats.expulsions, round + 1);
  }
  await load.end();
  await trial.allDone();
  const ledger = await ledgerOf(trial, load.ids);
  test.diagnostic(`${load.ids.length} jobs, ${givenAway} in the hands of the worker when it was stopped`);
  assert.ok(givenAway > 0);
  assert.deepEqual(lostJobs(ledger), []);
  assert.deepEqual(wrongEffects(ledger, load.of(grind)), []);
  assert.deepEqual(wrongDeaths(ledger, new Map()), []);
  assert.equal((await steady.stats()).expulsions, 0);
});

// `kill -9` of workers under load: nothing is lost, and what a job does in its transaction is there once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { call, grind, numberOf, rest } from "./app/definitions.ts";
import { Dice, FAULTS_MS, inForm } from "./dice.ts";
import { lostJobs, wrongDeaths, wrongEffects } from "./invariants.ts";
import { Load, ledgerOf } from "./load.ts";
import { Trial } from "./trial.ts";
import { until } from "./until.ts";

const INSTANCES = inForm({ short: 2, long: 3 });
const KILLED_EVERY_MS = inForm({ short: 700, long: 3_000 });
const JOBS_UNDER_WAY = inForm({ short: 4_000, long: 20_000 });
/** All that was under way at a kill is done by then. */
const RECOVERY_MS = 20_000;

for (const pollOnly of inForm({ short: [false], long: [false, true] })) {
  const which = pollOnly ? "workers that only poll and" : "workers that";
  test(`${which} are killed every few seconds lose no job and double no effect`, async (test) => {
    const dice = Dice.of(test);
    const trial = await Trial.start(test, { work: { pollOnly } });
    const workers = Array.from({ length: INSTANCES }, (_, index) => trial.supervised(`worker ${index}`));
    await Promise.all(workers.map((worker) => worker.working()));
    const load = new Load(trial, {
      everyMs: 50,
      turn: () =>
        Array.from({ length: 10 }, () => ({
          job: dice.pick([grind, grind, rest, call]),
          ms: dice.between(0, 100),
        })),
    });
    const end = performance.now() + FAULTS_MS;
    let kills = 0;
    while (performance.now() < end) {
      await load.flows(dice.between(0, 2 * KILLED_EVERY_MS));
      await dice.pick(workers).killCurrent();
      kills++;
    }
    await load.end();
    const tookMs = await trial.allDone(RECOVERY_MS);
    const ledger = await ledgerOf(trial, load.ids);
    const outside = await trial.number("select count(*) - count(distinct job) from mill.outside");
    test.diagnostic(
      `${load.ids.length} jobs, ${kills} kills, all done ${Math.round(tookMs)} ms after the last, ` +
        `${outside} of ${load.of(call).length} effects outside of transactions twice`,
    );
    assert.deepEqual(lostJobs(ledger), []);
    assert.deepEqual(wrongEffects(ledger, load.of(grind)), []);
    assert.deepEqual(wrongDeaths(ledger, new Map()), []);
    assert.equal(await trial.number("select count(distinct job) from mill.outside"), load.of(call).length);
    // The last to be killed as well.
    const known = "select count(*) from ashlar.workers";
    await until("the dead are struck off", async () => (await trial.number(known)) === INSTANCES);
  });
}

test("with thousands of jobs under way, one of two workers is killed", async (test) => {
  const trial = await Trial.start(test);
  const first = trial.instance("first", { waits: true });
  const second = trial.instance("second", { waits: true });
  await Promise.all([first.is("ready"), second.is("ready")]);
  const ids: number[] = [];
  const withEffects: number[] = [];
  for (let left = JOBS_UNDER_WAY; left > 0; left -= 1_000) {
    const batch = Array.from({ length: Math.min(left, 1_000) }, (_, index) =>
      index % 10 === 0 ? grind : rest,
    );
    const told = await trial.app.enqueueAll(batch.map((job) => job.of({ ms: 1 })));
    for (const [index, { id }] of told.entries()) {
      ids.push(numberOf(id));
      if (batch[index] === grind) withEffects.push(numberOf(id));
    }
  }
  first.go();
  second.go();
  await Promise.all([first.is("working"), second.is("working")]);
  await until(
    "both are at work",
    async () => (await trial.number("select count(distinct instance) from mill.effects")) === 2,
  );
  const left = await trial.number("select count(*) from mill._jobs");
  await first.kill();
  const tookMs = await trial.allDone(RECOVERY_MS);
  const ledger = await ledgerOf(trial, ids);
  test.diagnostic(`${left} of ${ids.length} jobs were left at the kill, done ${Math.round(tookMs)} ms later`);
  assert.deepEqual(lostJobs(ledger), []);
  assert.deepEqual(wrongEffects(ledger, withEffects), []);
});

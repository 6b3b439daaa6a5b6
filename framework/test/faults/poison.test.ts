// Jobs that throw, hang, do not hear, exhaust memory or cannot be read: they end among the dead, and the others go on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { AnyJob } from "../../src/jobs/index.ts";
import { exhausts, grind, hangs, ignores, numberOf, throws } from "./app/definitions.ts";
import { Dice, inForm } from "./dice.ts";
import { lostJobs, wrongDeaths, wrongEffects } from "./invariants.ts";
import { Load, ledgerOf } from "./load.ts";
import { Trial } from "./trial.ts";
import { until } from "./until.ts";

const WINDOW_MS = Number(process.env.FAULT_SECONDS ?? inForm({ short: 2.5, long: 60 })) * 1000;
/** Jobs of each kind of poison in the window; a process dies three times of each that exhausts it. */
const POISONS = inForm({ short: 2, long: 20 });
const EXHAUSTING = inForm({ short: 1, long: 3 });
/** Of the rate that the others have without poison. In the short window the death of a process takes most of the time. */
const LEAST_RATE = inForm({ short: 0.01, long: 0.95 });
/** More than the instance has slots and connections. */
const HANGING = 30;
/** How long it takes what does not hear its signal; its time is up long before. */
const DEAF_MS = 2_000;
/** Every death of a process costs a rescue; the third death of a job waits until it is alone. */
const RECOVERY_MS = inForm({ short: 30_000, long: 90_000 });

test("poison ends among the dead while the other jobs keep their rate", async (test) => {
  const dice = Dice.of(test);
  const work = { patienceMs: 500, ...inForm({ short: { leaseMs: 1_500, pollMs: 300 }, long: {} }) };
  const trial = await Trial.start(test, { work });
  const workers = [1, 2].map((number) => trial.supervised(`worker ${number}`, { heapMb: 96 }));
  await Promise.all(workers.map((worker) => worker.working()));
  const load = new Load(trial, {
    everyMs: 20,
    turn: () => Array.from({ length: 4 }, () => ({ job: grind, ms: dice.between(0, 20) })),
  });
  await load.flows(200);

  const healthy = await window(trial, load, async () => {});
  const expected = new Map<number, string>();
  const inject = async (job: AnyJob, code: string, ms = 0) => {
    const { id } = await trial.app.enqueue(job, { ms }, { priority: dice.pick([-1, 0]) });
    expected.set(numberOf(id), code);
    return numberOf(id);
  };
  const poisoned = await window(trial, load, async () => {
    for (let n = 0; n < POISONS; n++) {
      await inject(throws, "Error");
      await inject(hangs, "ASHLAR_JOB_TIMEOUT");
      await inject(ignores, "ASHLAR_JOB_TIMEOUT", DEAF_MS);
      // Enqueued for later, so that nobody has it when it is spoilt.
      const { id } = await trial.app.enqueue(grind, { ms: 0 }, { delayMs: 500, maxAttempts: 2 });
      await trial.rows(`update mill._jobs set payload = '{"grain": "rye"}' where id = $1`, [numberOf(id)]);
      expected.set(numberOf(id), "ASHLAR_JOB_PAYLOAD_INVALID");
      if (n < EXHAUSTING) await inject(exhausts, "ASHLAR_JOB_CRASHED");
      await delay(WINDOW_MS / POISONS / 2);
    }
  });
  await load.end();
  const tookMs = await trial.allDone(RECOVERY_MS);
  const ratio = poisoned / healthy;
  const deaths = workers.reduce((sum, { ends }) => sum + ends, 0);
  test.diagnostic(
    `${healthy} jobs in the healthy window, ${poisoned} in the poisoned one, ratio ${ratio.toFixed(3)}; ` +
      `processes died ${deaths} times; all done ${Math.round(tookMs)} ms after the window`,
  );
  // What does not hear its signal writes long after it was given up, or tries to.
  const deaf = `select coalesce(max(died_at) + $1 * interval '1 millisecond' < clock_timestamp(), true)
    from mill._dead_jobs where kind = 'ignores'`;
  await until("the deaf have had their say", () => trial.number(deaf, [DEAF_MS]));
  const ledger = await ledgerOf(trial, [...load.ids, ...expected.keys()]);
  assert.deepEqual(lostJobs(ledger), []);
  assert.deepEqual(wrongEffects(ledger, load.of(grind)), []);
  assert.deepEqual(wrongDeaths(ledger, expected), []);
  const crashes = await trial.rows<{ crashes: number }>(
    "select crashes from mill._dead_jobs where kind = 'exhausts'",
  );
  assert.deepEqual(
    crashes,
    Array.from({ length: EXHAUSTING }, () => ({ crashes: 3 })),
  );
  // Two of them in one process die together, until they are alone.
  assert.ok(deaths >= 3 && deaths <= 3 * EXHAUSTING, `processes died ${deaths} times`);
  assert.ok(ratio >= LEAST_RATE, `the others kept ${ratio.toFixed(3)} of their rate`);
});

test("handlers that never end keep neither slots nor connections", async (test) => {
  const trial = await Trial.start(test, { work: { patienceMs: 300 } });
  const worker = trial.instance("worker");
  await worker.is("working");
  await trial.app.enqueueAll(Array.from({ length: HANGING }, () => hangs.of({ ms: 0 }, { maxAttempts: 1 })));
  await trial.allDone();
  await trial.app.enqueueAll(Array.from({ length: HANGING }, () => grind.of({ ms: 0 })));
  const tookMs = await trial.allDone();
  const { abandoned } = await worker.stats();
  test.diagnostic(
    `${abandoned} handlers were given up; ${HANGING} jobs after that took ${Math.round(tookMs)} ms`,
  );
  assert.equal(abandoned, HANGING);
  assert.equal(await trial.number("select count(*) from mill.effects"), HANGING);
});

/** How many jobs had their effect in a window of time, by the database's clock, in which `disturb` goes on. */
async function window(trial: Trial, load: Load, disturb: () => Promise<void>): Promise<number> {
  const [start] = await trial.rows<{ now: Date }>("select clock_timestamp() as now");
  await Promise.all([load.flows(WINDOW_MS, 0), disturb()]);
  return await trial.number(
    `select count(*) from mill.effects where at >= $1::timestamptz
     and at < $1::timestamptz + $2 * interval '1 millisecond'`,
    [start!.now, WINDOW_MS],
  );
}

// SIGTERM under load: the process ends in its time, and what it had not done is as if it had never had it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { call, grind, numberOf, rest } from "./app/definitions.ts";
import { Dice, inForm } from "./dice.ts";
import { countedAttempts, lostJobs, wrongEffects } from "./invariants.ts";
import { Load, ledgerOf } from "./load.ts";
import { Trial } from "./trial.ts";
import { until } from "./until.ts";

const ROUNDS = Number(process.env.FAULT_ROUNDS ?? inForm({ short: 1, long: 20 }));
const STOP_MS = 300;
const ABORT_MS = 300;
/** For the last statements, and a machine with other things to do. */
const SLACK_MS = 5_000;
const FOR_EVER_MS = 600_000;

test("a worker that is told to stop under load ends with exit code 0, and counts no attempt for what it releases", async (test) => {
  const dice = Dice.of(test);
  const trial = await Trial.start(test, { work: { stopMs: STOP_MS, abortMs: ABORT_MS } });
  const load = new Load(trial, {
    everyMs: 50,
    turn: () =>
      Array.from({ length: 10 }, () => ({
        job: dice.pick([grind, grind, rest, call]),
        ms: dice.between(0, 60),
      })),
  });
  let slowest = 0;
  const long: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const instance = trial.instance(`round ${round}`);
    await instance.is("working");
    // These cannot end in time: the one is aborted and rolled back, the other before it did anything.
    const ofRound: number[] = [];
    for (const job of [grind, call]) {
      const { id } = await trial.app.enqueue(
        job,
        { ms: FOR_EVER_MS },
        { priority: -1, timeoutMs: FOR_EVER_MS },
      );
      ofRound.push(numberOf(id));
    }
    long.push(...ofRound);
    const running = "select count(*) from mill._jobs where id = any ($1) and worker is not null";
    await until("the long ones run", async () => (await trial.number(running, [ofRound])) === ofRound.length);
    await load.flows(dice.between(0, 300));
    const since = performance.now();
    instance.signal("SIGTERM");
    assert.equal(await instance.ended, 0, instance.output);
    slowest = Math.max(slowest, performance.now() - since);
    assert.equal(await trial.number("select count(*) from mill._jobs where worker is not null"), 0);
    assert.equal(await trial.number("select count(*) from ashlar.workers"), 0);
    // The next one has them again: released, they were as if nobody had had them.
    await trial.rows(`update mill._jobs set payload = '{"ms": 1}' where id = any ($1)`, [ofRound]);
  }
  await load.end();
  await trial.instance("last").is("working");
  await trial.allDone();
  const ledger = await ledgerOf(trial, [...load.ids, ...long]);
  test.diagnostic(`${ledger.ended.length} jobs, ${ROUNDS} stops, the slowest took ${Math.round(slowest)} ms`);
  assert.ok(slowest < STOP_MS + ABORT_MS + SLACK_MS);
  assert.deepEqual(lostJobs(ledger), []);
  assert.deepEqual(countedAttempts(ledger), []);
  assert.deepEqual(
    wrongEffects(ledger, load.of(grind).concat(long.filter((_, index) => index % 2 === 0))),
    [],
  );
});

test("a second SIGTERM ends the worker at once, and loses nothing", async (test) => {
  const trial = await Trial.start(test, { work: { stopMs: FOR_EVER_MS } });
  const instance = trial.instance("impatient");
  await instance.is("working");
  const ids: number[] = [];
  for (const job of [grind, call, grind]) {
    ids.push(numberOf((await trial.app.enqueue(job, { ms: FOR_EVER_MS }, { timeoutMs: FOR_EVER_MS })).id));
  }
  await until("they run", async () => (await instance.stats()).running === ids.length);
  instance.signal("SIGTERM");
  await until("it drains", async () => (await instance.stats()).state === "draining");
  instance.signal("SIGTERM");
  const ended = await Promise.race([instance.ended, delay(SLACK_MS, "too late", { ref: false })]);
  assert.equal(ended, 1);
  await trial.rows(`update mill._jobs set payload = '{"ms": 1}'`);
  await trial.instance("next").is("working");
  await trial.allDone();
  const ledger = await ledgerOf(trial, ids);
  assert.deepEqual(lostJobs(ledger), []);
  assert.deepEqual(countedAttempts(ledger), []);
});

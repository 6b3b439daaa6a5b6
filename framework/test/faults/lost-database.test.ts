// The database goes away under the workers: restarted, crashed, or with all sessions cut, again and again.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { call, grind, rest } from "./app/definitions.ts";
import { Dice, FAULTS_MS, inForm } from "./dice.ts";
import { lostJobs, wrongDeaths, wrongEffects } from "./invariants.ts";
import { Load, ledgerOf } from "./load.ts";
import { Trial } from "./trial.ts";

const RESTARTS = Number(process.env.FAULT_ROUNDS ?? inForm({ short: 2, long: 10 }));

async function underLoad(
  test: TestContext,
  trial: Trial,
  dice: Dice,
  fault: (load: Load) => Promise<string>,
) {
  const workers = ["first", "second"].map((name) => trial.instance(name));
  await Promise.all(workers.map((worker) => worker.is("working")));
  const load = new Load(trial, {
    everyMs: 50,
    turn: () =>
      Array.from({ length: 10 }, () => ({
        job: dice.pick([grind, grind, rest, call]),
        ms: dice.between(0, 40),
      })),
  });
  const what = await fault(load);
  await load.flows(100);
  await load.end();
  const tookMs = await trial.allDone();
  const ledger = await ledgerOf(trial, load.ids);
  test.diagnostic(`${ledger.ended.length} jobs, ${what}, all done ${Math.round(tookMs)} ms after the last`);
  assert.deepEqual(lostJobs(ledger), []);
  // Also those of whose enqueuing nobody was told because the connection was lost.
  const transactional = await trial.rows<{ id: number }>(
    "select id from mill._finished_jobs where kind = 'grind'",
  );
  assert.deepEqual(
    wrongEffects(
      ledger,
      transactional.map(({ id }) => id),
    ),
    [],
  );
  assert.deepEqual(wrongDeaths(ledger, new Map()), []);
  for (const worker of workers) {
    assert.equal(worker.hasEnded, false, `${worker.name} survived\n${worker.output}`);
    worker.signal("SIGTERM");
    assert.equal(await worker.ended, 0);
  }
}

test("workers survive restarts and crashes of PostgreSQL", async (test) => {
  const dice = Dice.of(test);
  const trial = await Trial.start(test, { ownServer: true });
  await underLoad(test, trial, dice, async (load) => {
    for (let round = 0; round < RESTARTS; round++) {
      await load.flows(dice.between(0, 600));
      await trial.server.restart(round % 2 === 0 ? "immediate" : "fast");
    }
    return `${RESTARTS} restarts`;
  });
});

test("workers survive storms of pg_terminate_backend", async (test) => {
  const dice = Dice.of(test);
  const trial = await Trial.start(test);
  await underLoad(test, trial, dice, async (load) => {
    const end = performance.now() + FAULTS_MS;
    let cut = 0;
    while (performance.now() < end) {
      await load.flows(0, 5);
      cut += await trial.number(
        `select count(pg_terminate_backend(pid)) from pg_stat_activity
         where datname = current_database() and usename = 'faults' and random() < $1`,
        [dice.next()],
      );
      await delay(dice.between(0, 200));
    }
    return `${cut} sessions cut`;
  });
});

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { describe, it } from "node:test";
import { JobStore } from "ashlar/jobs";
import type { Pool, Statement } from "ashlar/postgres";
import { MODULE, queueLab } from "./queue-lab.ts";
import { RandomWalk, WALK_LIMIT } from "./random-walk.ts";

const lab = await queueLab();
const WALKS = 4;
const STEPS = 70;
/** Repeats one walk: `QUEUE_WALK_SEED=123 npm test -- random-walk`. */
const given = process.env.QUEUE_WALK_SEED;

async function walk(store: JobStore, seed: number): Promise<void> {
  await lab.clear();
  lab.maxima.limit = WALK_LIMIT;
  try {
    await new RandomWalk(lab, store, seed).run(STEPS);
  } catch (error) {
    throw new Error(`The walk with QUEUE_WALK_SEED=${seed} failed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A store that leaves out the statements that match, as a bug would. */
function storeWithout(pattern: RegExp): JobStore {
  const nothing = { rows: [], rowCount: 0 };
  const skips = ({ text }: Statement) => pattern.test(text);
  const pool = {
    execute: (role: string, statement: Statement) =>
      skips(statement) ? Promise.resolve(nothing) : lab.pool.execute(role, statement),
    begin: () => {
      const transaction = lab.pool.begin();
      return {
        execute: (role: string, statement: Statement) =>
          skips(statement) ? Promise.resolve(nothing) : transaction.execute(role, statement),
        commit: () => transaction.commit(),
        rollback: () => transaction.rollback(),
      };
    },
  } as unknown as Pool;
  return new JobStore({
    app: "queue_lab",
    module: MODULE,
    pool,
    clock: () => lab.clock.now,
    gates: { limit: () => lab.maxima.limit, rate: () => undefined },
  });
}

/** Whether an invariant was found broken, and the walk did not merely fall over. */
function isBroken(failure: unknown): boolean {
  return failure instanceof Error && failure.cause instanceof assert.AssertionError;
}

describe("a random walk through the queue", () => {
  for (let n = 0; n < (given === undefined ? WALKS : 1); n++) {
    const seed = given === undefined ? randomInt(2 ** 31) : Number(given);
    it(`loses nothing and breaks no promise (seed ${seed})`, () => walk(lab.store, seed));
  }

  const bugs: readonly [string, RegExp][] = [
    ["permits are not given back", /with freed as/],
    ["nobody is called when there is room", /with room as/],
    ["dependents are not told", /^with gone as \(\s+delete from "user"\._job_dependencies/],
  ];
  for (const [what, pattern] of bugs) {
    it(`finds a planted bug: ${what}`, async () => {
      const store = storeWithout(pattern);
      const failures: unknown[] = [];
      for (const seed of [1, 2, 3, 4, 5]) {
        await walk(store, seed).catch((error: unknown) => failures.push(error));
        if (failures.length > 0) break;
      }
      assert.ok(isBroken(failures[0]), `what failed instead: ${failures[0]}`);
    });
  }

  it("finds a planted bug: admission lets everything in", async () => {
    const store = storeWithout(/^$/);
    store.admit = (_worker, jobs) => Promise.resolve(jobs);
    await assert.rejects(walk(store, 1), isBroken);
  });
});

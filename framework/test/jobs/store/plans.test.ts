import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import pg from "pg";
import { claimText } from "../../../src/jobs/store/claim.ts";
import { completeByPlaceText } from "../../../src/jobs/store/complete.ts";
import { promoteText } from "../../../src/jobs/store/promotion.ts";
import { QUEUE_SETTINGS } from "../../../src/jobs/worker/queue-pool.ts";
import { queueLab } from "./queue-lab.ts";

const lab = await queueLab();
const { store } = lab;

/** The plan that a session of the queue keeps for any parameters. */
async function planOf(text: string): Promise<string> {
  const client = new pg.Client(lab.databaseUrl);
  await client.connect();
  try {
    for (const [name, value] of Object.entries(QUEUE_SETTINGS)) await client.query(`set ${name} = ${value}`);
    const { rows } = await client.query<Record<string, string>>(`explain (generic_plan) ${text}`);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  } finally {
    await client.end();
  }
}

describe("the plans of the statements that have to be fast", () => {
  for (const size of ["an empty", "a full"]) {
    describe(`on ${size} table`, () => {
      before(async () => {
        await lab.clear();
        if (size === "a full") {
          await lab.put(...Array.from({ length: 5_000 }, () => ({})));
          await lab.admin`analyze "user"._jobs`;
        }
      });

      it("claims read _jobs_ready in its order and find the rows by their place", async () => {
        const plan = await planOf(claimText('"user"'));
        assert.match(plan, /Index Scan using _jobs_ready/);
        assert.match(plan, /Tid Scan on _jobs/);
        assert.doesNotMatch(plan, /Seq Scan on _jobs|Sort|Bitmap/);
      });

      it("completions find the rows by their place", async () => {
        const plan = await planOf(completeByPlaceText('"user"'));
        assert.match(plan, /Tid Scan on _jobs/);
        assert.doesNotMatch(plan, /Seq Scan on _jobs|Sort|Bitmap/);
      });

      it("promotions read _jobs_due in its order", async () => {
        const plan = await planOf(promoteText('"user"'));
        assert.match(plan, /Index Scan using _jobs_due/);
        assert.doesNotMatch(plan, /Seq Scan on _jobs|Bitmap/);
      });
    });
  }

  it("claims are HOT: they touch no index", async () => {
    await lab.clear();
    await lab.put(...Array.from({ length: 2_000 }, () => ({})));
    const counts = async () => {
      await lab.admin`select pg_stat_force_next_flush()`;
      const [row] = await lab.admin<{ updates: number; hot: number }>`
        select n_tup_upd as updates, n_tup_hot_upd as hot from pg_stat_user_tables
        where schemaname = 'user' and relname = '_jobs'`;
      return row!;
    };
    const earlier = await counts();
    for (let from = 0; from < 2_000; from += 500) {
      const jobs = await store.claim({ worker: 1, queue: "default", after: null, limit: 500 });
      assert.equal(jobs.length, 500);
    }
    // The counts of a session get to the others when it ends.
    await lab.pool.stop();
    const later = await counts();
    assert.equal(later.updates - earlier.updates, 2_000);
    assert.ok(later.hot - earlier.hot >= 1_950, `${later.hot - earlier.hot} of 2,000 were HOT`);
  });
});

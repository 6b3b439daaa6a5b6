import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Statement } from "ashlar/postgres";
import { eventually } from "ashlar/testing";
import { traceFilter } from "../../server/traces/trace-filter.ts";
import { namesStatement, searchStatement } from "../../server/traces/trace-search.ts";
import { openScene, type Scene } from "../server/scene.ts";

let scene: Scene;
before(async () => {
  scene = await openScene();
  await scene.sql(
    `insert into ashlar.traces (trace_id, span_id, kind, module, name, reason, started_at, duration_ms, failed, error,
       span_count, statement_count, is_partial, spans)
     select md5(n::text), 'a', case when n % 10 = 0 then 'job' else 'request' end, 'm' || n % 4, 'name ' || n % 60,
       'random', now() - n * interval '3 seconds', n % 1000, n % 10 = 3, case when n % 10 = 3 then 'CODE_' || n % 7 end,
       20, 12, false, (select jsonb_agg(i) from generate_series(1, 100) i)
     from generate_series(1, 20000) n`,
  );
  // What runs at the same time may keep it from seeing pages as visible to all.
  await eventually("every page is known to be visible", async () => {
    await scene.sql("vacuum analyze ashlar.traces");
    const [table] = await scene.sql(
      "select relallvisible = relpages as whole from pg_class where oid = 'ashlar.traces'::regclass",
    );
    return table!.whole;
  });
});
after(() => scene.stop());

const PARAMETERS = {
  module: "m1",
  name: "name 7",
  kind: "job",
  failed: "1",
  error: "CODE_3",
  minMs: "900",
  from: String(Date.now() - 3_600_000),
  until: String(Date.now()),
};

async function planOf({ text, values }: Statement): Promise<string> {
  const rows = await scene.sql(`explain ${text}`, [...values]);
  return rows.map((row) => row["QUERY PLAN"]).join("\n");
}

/** Every set of parameters, none and all of them included. */
function combinations(names: readonly string[]): string[][] {
  const [first, ...rest] = names;
  if (first === undefined) return [[]];
  return combinations(rest).flatMap((some) => [some, [first, ...some]]);
}

describe("with many traces, no search reads the table where an index is narrower", () => {
  for (const order of ["newest", "slowest"]) {
    test(`from the ${order}, whatever is combined`, async () => {
      for (const names of combinations(Object.keys(PARAMETERS))) {
        const query = new URLSearchParams(names.map((name) => [name, PARAMETERS[name as "name"]]));
        if (order === "slowest") query.set("slow", "1");
        for (const cursor of [null, order === "slowest" ? "900_15000" : `${Date.now() * 1_000}_15000`]) {
          if (cursor !== null) query.set("after", cursor);
          const plan = await planOf(searchStatement(traceFilter(query), 51));
          assert.doesNotMatch(plan, /Seq Scan|Bitmap/, `${query}\n${plan}`);
          assert.match(plan, /Index Only Scan.* using traces_(?:recent|slowest) on/, `${query}\n${plan}`);
        }
      }
    });
  }

  test("by the id of a trace", async () => {
    const plan = await planOf(
      searchStatement(traceFilter(new URLSearchParams({ trace: "ab".repeat(16), module: "m1" })), 51),
    );
    assert.match(plan, /using traces_trace_id on/);
    assert.doesNotMatch(plan, /Seq Scan/);
  });

  test("nor does counting by name", async () => {
    for (const module of [null, "m1"]) {
      const plan = await planOf(namesStatement({ module, from: null, until: null }, 10_000));
      assert.match(plan, /Index Only Scan.* using traces_recent on/);
    }
  });
});

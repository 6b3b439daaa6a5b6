import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Shown } from "../../api/shown.ts";
import type { TraceNames, TracePage } from "../../api/traces.ts";
import { traceEndpoints } from "../../server/traces/endpoints.ts";
import { openScene, type Scene } from "../server/scene.ts";
import { plantTrace } from "./planted-traces.ts";

let scene: Scene;
const noon = Date.UTC(2026, 5, 1, 12);
before(async () => {
  scene = await openScene({ endpoints: traceEndpoints });
  await scene.sql("truncate ashlar.traces");
  const plant = (trace: Parameters<typeof plantTrace>[1]) => plantTrace(scene.sql, trace);
  await plant({ name: "GET /v1/a", module: "ordering", startedAt: noon, durationMs: 5 });
  await plant({ name: "GET /v1/b", module: "ordering", startedAt: noon + 1_000, durationMs: 500 });
  await plant({
    name: "GET /v1/b",
    module: "ordering",
    startedAt: noon + 2_000,
    durationMs: 50,
    failed: true,
    error: "BROKEN",
  });
  await plant({
    name: "billing.pay",
    module: "billing",
    kind: "job",
    startedAt: noon + 3_000,
    durationMs: 80,
    error: "REFUSED",
  });
  await plant({ name: "GET", module: "", startedAt: noon + 4_000, durationMs: 1 });
});
after(() => scene.stop());

async function search(query: string): Promise<TracePage> {
  const answer = await scene.ask(`/api/traces?${query}`);
  assert.equal(answer.status, 200, await answer.clone().text());
  return ((await answer.json()) as Shown<TracePage>).data;
}
const namesOf = async (query: string) =>
  (await search(query)).traces.map(({ name, durationMs }) => `${name} ${durationMs}`);

describe("kept traces", () => {
  test("are listed from the newest, or from the slowest", async () => {
    const newest = ["GET 1", "billing.pay 80", "GET /v1/b 50", "GET /v1/b 500", "GET /v1/a 5"];
    assert.deepEqual(await namesOf(""), newest);
    assert.deepEqual(await namesOf("slow=1"), [
      "GET /v1/b 500",
      "billing.pay 80",
      "GET /v1/b 50",
      "GET /v1/a 5",
      "GET 1",
    ]);
  });

  for (const [query, found] of Object.entries({
    "module=ordering": ["GET /v1/b 50", "GET /v1/b 500", "GET /v1/a 5"],
    "name=GET+%2Fv1%2Fb": ["GET /v1/b 50", "GET /v1/b 500"],
    "name=GET+%2Fv1%2Fb&failed=1": ["GET /v1/b 50"],
    "name=GET+%2Fv1%2Fb&slow=1": ["GET /v1/b 500", "GET /v1/b 50"],
    "kind=job": ["billing.pay 80"],
    "failed=1": ["GET /v1/b 50"],
    "error=REFUSED": ["billing.pay 80"],
    "minMs=80": ["billing.pay 80", "GET /v1/b 500"],
    "minMs=80.5": ["GET /v1/b 500"],
    [`from=${noon + 2_000}`]: ["GET 1", "billing.pay 80", "GET /v1/b 50"],
    [`until=${noon + 2_000}`]: ["GET /v1/b 500", "GET /v1/a 5"],
    [`module=ordering&failed=1&minMs=10&from=${noon}&until=${noon + 9_000}&error=BROKEN&kind=request`]: [
      "GET /v1/b 50",
    ],
    "name='; drop table ashlar.traces; --": [],
  })) {
    test(`are found by ${query}`, async () => assert.deepEqual(await namesOf(query), found));
  }

  test("are found by their id, also in the form of a UUID", async () => {
    const traceId = (await search("kind=job")).traces[0]!.traceId;
    const uuid = traceId.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-").toUpperCase();
    assert.deepEqual(await namesOf(`trace=${uuid}`), ["billing.pay 80"]);
  });

  test("tell what they were", async () => {
    const { id: _, traceId: __, ...row } = (await search("error=BROKEN")).traces[0]!;
    assert.deepEqual(row, {
      kind: "request",
      module: "ordering",
      name: "GET /v1/b",
      reason: "failed",
      startedAt: noon + 2_000,
      durationMs: 50,
      failed: true,
      error: "BROKEN",
      spanCount: 1,
      statementCount: 0,
      repeats: 0,
    });
    assert.equal((await search("name=GET")).traces[0]!.module, null);
  });

  test("are refused by parameters that cannot be, all of which are named", async () => {
    const answer = await scene.ask(
      "/api/traces?kind=dream&failed=yes&minMs=-1&from=x&trace=1&after=2&name=ok",
    );
    assert.equal(answer.status, 400);
    const { errors } = (await answer.json()) as { errors: { path: string }[] };
    assert.deepEqual(
      errors.map(({ path }) => path).sort(),
      ["after", "failed", "from", "kind", "minMs", "trace"].map((name) => `/query/${name}`),
    );
  });

  test("come page by page, each of them once, also when many began or took the same", async () => {
    for (let n = 0; n < 120; n++) {
      await plantTrace(scene.sql, {
        name: `many ${n}`,
        module: "many",
        startedAt: noon + (n % 2) * 0.5,
        durationMs: 0.1 + (n % 3) / 3,
      });
    }
    for (const order of ["", "&slow=1"]) {
      const seen: string[] = [];
      const sizes: number[] = [];
      for (let after: string | null = ""; after !== null; ) {
        const page: TracePage = await search(`module=many${order}&after=${encodeURIComponent(after)}`);
        seen.push(...page.traces.map(({ name }) => name));
        sizes.push(page.traces.length);
        after = page.next;
      }
      assert.deepEqual(sizes, [50, 50, 20]);
      assert.equal(new Set(seen).size, 120);
    }
    await scene.sql("delete from ashlar.traces where module = 'many'");
  });

  test("are counted by what they are of", async () => {
    const answer = await scene.ask("/api/trace-names?module=ordering");
    const { data } = (await answer.json()) as Shown<TraceNames>;
    assert.deepEqual(data, {
      names: [
        { kind: "request", module: "ordering", name: "GET /v1/b", kept: 2, failed: 1, slowestMs: 500 },
        { kind: "request", module: "ordering", name: "GET /v1/a", kept: 1, failed: 0, slowestMs: 5 },
      ],
      ofNewest: null,
    });
  });
});

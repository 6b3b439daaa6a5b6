import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { PackedSpan } from "ashlar/module";
import type { Shown } from "../../api/shown.ts";
import type { TracePage, TraceView } from "../../api/traces.ts";
import { traceEndpoints } from "../../server/traces/endpoints.ts";
import { openScene, type Scene } from "../server/scene.ts";
import { plantStory, plantTrace, traceIdOf } from "./planted-traces.ts";

let scene: Scene;
before(async () => {
  scene = await openScene({ endpoints: traceEndpoints });
});
after(() => scene.stop());

const story = traceIdOf(1);

async function view(traceId: string): Promise<TraceView> {
  const answer = await scene.ask(`/api/traces/${traceId}`);
  assert.equal(answer.status, 200, await answer.clone().text());
  return ((await answer.json()) as Shown<TraceView>).data;
}

test("a trace has the parts of all processes, each below the span that it follows from", async () => {
  const startedAt = Date.UTC(2026, 5, 1, 12);
  await plantStory(scene.sql, { traceId: story, modules: ["ordering", "catalog"], startedAt });
  const trace = await view(story);
  assert.equal(trace.startedAt, startedAt);
  assert.equal(trace.durationMs, 2_030);
  assert.equal(trace.spanCount, 20);
  assert.equal(trace.statementCount, 15);
  assert.deepEqual(
    trace.parts.map(({ kind, name, failed, error, job, follows, isContinued }) => ({
      kind,
      name,
      failed,
      error,
      job,
      follows,
      isContinued,
    })),
    [
      {
        kind: "request",
        name: "GET /v1/orders/{id}",
        failed: false,
        error: null,
        job: null,
        follows: null,
        isContinued: false,
      },
      {
        kind: "job",
        name: "ordering.checkLines",
        failed: true,
        error: "LINE_STOLEN",
        job: "/jobs/ordering%3A42",
        follows: "0.3",
        isContinued: false,
      },
    ],
  );
  assert.equal(trace.spans.find(({ key }) => key === "0.3")?.name, "ordering.findLines");
});

test("its spans come in the order of the tree, with what each took itself", async () => {
  const trace = await view(story);
  assert.deepEqual(
    trace.spans
      .filter(({ name, key }) => name !== "select ordering.lines" || key === "0.4")
      .map(({ key, parent, depth, offsetMs, ownMs }) => [key, parent, depth, offsetMs, ownMs]),
    [
      ["0.1", null, 0, 0, 100 - 5 - 63 - 20 - 2],
      ["0.2", "0.1", 1, 1, 5],
      ["0.3", "0.1", 1, 7, 63 - 12 * 4],
      ["0.4", "0.3", 2, 8, 4],
      ["0.16", "0.1", 1, 72, 20],
      ["0.17", "0.1", 1, 94, 2],
      ["1.1", null, 0, 2_000, 30 - 3 - 15],
      ["1.3", "1.1", 1, 2_010, 15],
    ],
  );
});

test("it tells where the time went and which statement ran too often", async () => {
  const trace = await view(story);
  assert.deepEqual(trace.modules, [
    { module: "ordering", ownMs: 95, statementMs: 58, statements: 15, failed: 1 },
    { module: "catalog", ownMs: 35, statementMs: 0, statements: 0, failed: 1 },
  ]);
  assert.deepEqual(trace.repeated, [
    {
      parent: "0.3",
      parentName: "ordering.findLines",
      module: "ordering",
      name: "select ordering.lines",
      count: 12,
      totalMs: 48,
    },
  ]);
  const answer = await scene.ask(`/api/traces?trace=${story}&slow=1`);
  const { data } = (await answer.json()) as Shown<TracePage>;
  assert.deepEqual(
    data.traces.map(({ name, repeats }) => [name, repeats]),
    [
      ["GET /v1/orders/{id}", 12],
      ["ordering.checkLines", 0],
    ],
  );
});

test("what runs side by side is no time of the span around it, and a repetition needs five", async () => {
  const traceId = await plantTrace(scene.sql, {
    spans: [
      [1, 0, "request", "doors", "GET /v1/doors", 0, 10, null, 0, 0],
      ...[0, 1, 2, 3].map(
        (n): PackedSpan => [2 + n, 1, "statement", "doors", "select doors.keys", 2, 5 + n, null, 0, n],
      ),
      // Its parent was not kept.
      [9, 77, "call", "doors", "doors.lost", 9, 4, null, 0, 8],
    ],
  });
  const trace = await view(traceId);
  assert.deepEqual(trace.repeated, []);
  assert.equal(trace.spans[0]!.ownMs, 2);
  assert.deepEqual(
    trace.spans.filter(({ name }) => name === "doors.lost").map(({ parent, depth }) => [parent, depth]),
    [["0.1", 1]],
  );
});

test("names are text, whatever they hold", async () => {
  const hostile = `<img src=x onerror="alert(1)">`;
  const traceId = await plantTrace(scene.sql, {
    name: hostile,
    module: hostile,
    failed: true,
    error: hostile,
  });
  const trace = await view(traceId);
  assert.equal(trace.parts[0]!.name, hostile);
  assert.equal(trace.spans[0]!.error, hostile);
});

test("a trace of very many parts and spans is cut, and says so", async () => {
  const traceId = traceIdOf(2);
  const spans = Array.from(
    { length: 500 },
    (_, n): PackedSpan => [
      n + 1,
      n === 0 ? 0 : 1,
      n === 0 ? "job" : "statement",
      "doors",
      "x",
      n,
      1,
      null,
      0,
      n,
    ],
  );
  for (let part = 0; part < 52; part++) {
    await plantTrace(scene.sql, { traceId, kind: "job", spans, startedAt: Date.now() + part });
  }
  const trace = await view(traceId);
  assert.equal(trace.parts.length, 50);
  assert.equal(trace.hasMoreParts, true);
  assert.equal(trace.isPartial, true);
  assert.equal(trace.spans.length, 5_000 + 40);
});

test("the log of this instance that belongs to it is shown with it, without other traces' lines", async () => {
  const traceId = await plantTrace(scene.sql, {});
  const { recentLines } = scene.app.telemetry;
  recentLines.keep(JSON.stringify({ level: 40, trace: "another", msg: "not of it" }));
  recentLines.keep(
    JSON.stringify({
      level: 50,
      time: 1_000,
      pid: 1,
      module: "doors",
      trace: traceId,
      door: 7,
      msg: "it is stuck",
    }),
  );
  const { logs } = await view(traceId);
  assert.match(logs.instance, new RegExp(`:${process.pid}$`));
  assert.deepEqual(logs.lines, [
    {
      at: 1_000,
      level: "error",
      module: "doors",
      message: "it is stuck",
      fields: JSON.stringify({ door: 7 }, null, 2),
    },
  ]);
});

test("a trace that was not kept is not there, and what is no id is refused", async () => {
  assert.equal((await scene.ask(`/api/traces/${"0".repeat(32)}`)).status, 404);
  assert.equal((await scene.ask("/api/traces/what")).status, 400);
});

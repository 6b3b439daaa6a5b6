import assert from "node:assert/strict";
import { test } from "node:test";
import { type KeptTrace, SpanRing, TraceKeeper, type TraceRules } from "../../src/telemetry/index.ts";

const MINUTE_MS = 60_000;

/** A keeper whose clock and dice the test holds. */
function keeping(rules: TraceRules = {}, capacity = 1024) {
  const spans = new SpanRing(capacity);
  const held = { now: 0, random: 1 };
  const keeper = new TraceKeeper({ spans, rules, now: () => held.now, random: () => held.random });
  /** A root that took so long, with so many statements below it. */
  const root = (name: string, durationMs: number, error: string | null = null, statements = 0) => {
    const id = spans.start("request", "sample", name, "t", 0, performance.now() - durationMs);
    for (let count = 0; count < statements; count++) {
      spans.end(spans.start("statement", "sample", "select a.b", "t", id), null);
    }
    spans.end(id, error);
  };
  return { spans, keeper, held, root };
}

const told = (traces: readonly KeptTrace[]) =>
  traces.map(({ root, reason }) => `${root.name} ${Math.round(root.durationMs / 100) * 100} ${reason}`);

test("what failed is kept at once, with its spans", () => {
  const { keeper, root, spans } = keeping({ slowestPerMinute: 0 });
  root("good", 500);
  root("bad", 100, "INTERNAL", 2);
  const [trace, ...more] = keeper.take();
  assert.deepEqual(more, []);
  assert.deepEqual(told([trace!]), ["bad 100 failed"]);
  assert.deepEqual(
    trace!.spans.map(({ name }) => name),
    ["bad", "select a.b", "select a.b"],
  );
  assert.deepEqual([trace!.spanCount, trace!.statementCount, trace!.isPartial], [3, 2, false]);
  assert.equal(trace!.wireId, spans.wireId(trace!.root.id));
  assert.ok(Math.abs(trace!.startedAt - (Date.now() - 100)) < 1_000);
  assert.deepEqual(keeper.take(), [], "what is taken is forgotten");
});

test("a refusal is no failure", () => {
  const { keeper, spans } = keeping({ slowestPerMinute: 0 });
  spans.end(spans.start("request", "sample", "refused", "t", 0), "SAMPLE_TAKEN", false);
  assert.deepEqual(keeper.take(true), []);
});

test("of those of one name and minute the slowest are kept, when the minute is over", () => {
  const { keeper, held, root } = keeping({ slowestPerMinute: 2 });
  for (const durationMs of [300, 100, 900, 200, 500]) root("a", durationMs);
  root("b", 100);
  assert.deepEqual(keeper.take(), [], "a slower one may still come");
  held.now += MINUTE_MS;
  root("a", 100);
  assert.deepEqual(told(keeper.take()).sort(), ["a 500 slow", "a 900 slow", "b 100 slow"]);
  held.now += MINUTE_MS;
  assert.deepEqual(told(keeper.take()), ["a 100 slow"], "each minute has its own");
});

test("at the end the minute counts as over", () => {
  const { keeper, root } = keeping();
  root("a", 100);
  assert.deepEqual(told(keeper.take(true)), ["a 100 slow"]);
});

test("a share of the rest is kept by chance, and nothing else", () => {
  const { keeper, held, root } = keeping({ slowestPerMinute: 0, randomShare: 0.25 });
  for (const random of [0, 0.2, 0.25, 0.9]) {
    held.random = random;
    root(`at ${random}`, 100);
  }
  assert.deepEqual(told(keeper.take(true)), ["at 0 100 random", "at 0.2 100 random"]);
});

test("what is not a root decides nothing", () => {
  const { keeper, spans } = keeping();
  const root = spans.start("request", "", "root", "t", 0);
  spans.end(spans.start("call", "", "inner", "t", root), "INTERNAL");
  assert.deepEqual(keeper.take(true), []);
  spans.end(root, null);
  assert.deepEqual(
    keeper.take(true).map(({ root }) => root.name),
    ["root"],
  );
});

test("a trace whose spans were overtaken says that it is partial", () => {
  const { keeper, root } = keeping({}, 16);
  root("long", 100, "INTERNAL", 40);
  const [trace] = keeper.take();
  assert.deepEqual([trace!.isPartial, trace!.spanCount, trace!.statementCount], [true, 41, 40]);
  assert.equal(trace!.spans[0], trace!.root);
  assert.equal(trace!.spans.length, 16);
});

test("a storm of failures is kept up to a limit for each name and minute", () => {
  const { keeper, held, root } = keeping({ failedPerMinute: 3, slowestPerMinute: 0 });
  for (let count = 0; count < 10; count++) root("bad", 1, "INTERNAL");
  root("other", 1, "INTERNAL");
  assert.equal(keeper.take().length, 4);
  held.now += MINUTE_MS;
  root("bad", 1, "INTERNAL");
  assert.equal(keeper.take().length, 1);
});

test("what nobody takes is held within bounds, failures rather than others", () => {
  const { keeper, held, root } = keeping({ failedPerMinute: 100_000 });
  held.random = 0;
  for (let count = 0; count < 600; count++) root("good", 1);
  for (let count = 0; count < 100; count++) root("bad", 1, "INTERNAL");
  assert.equal(keeper.dropped, 200);
  const traces = keeper.take();
  assert.equal(traces.length, 500);
  assert.equal(traces.filter(({ reason }) => reason === "failed").length, 100);
  root("bad", 1, "INTERNAL");
  keeper.putBack(traces);
  assert.equal(keeper.take().length, 500);
});

test("few traces with very many spans are held within bounds too", () => {
  const { keeper, root } = keeping({ failedPerMinute: 100, slowestPerMinute: 100 }, 4096);
  for (const error of ["INTERNAL", null]) {
    for (let count = 0; count < 100; count++) root("long", 1, error, 2_000);
    const traces = keeper.take(true);
    assert.ok(traces.every(({ spans, isPartial }) => spans.length === 500 && isPartial));
    assert.equal(traces.length, 40);
  }
});

test("the slowest of many names are held within bounds, in each minute anew", () => {
  const { keeper, held, root } = keeping({}, 4096);
  for (let minute = 0; minute < 2; minute++) {
    for (let count = 0; count < 50; count++) root(`name ${count}`, 1, null, 2_000);
    held.now += MINUTE_MS;
    assert.equal(keeper.take().length, 40);
  }
});

test("names without end are not remembered", () => {
  const { keeper, root } = keeping({ slowestPerMinute: 0 });
  for (let count = 0; count < 2_000; count++) root(`name ${count}`, 1);
  root("one too many", 1, "INTERNAL");
  root("name 0", 1, "INTERNAL");
  assert.deepEqual(told(keeper.take()), ["name 0 0 failed"]);
});

test("rules that make no sense are refused", () => {
  for (const rules of [
    { randomShare: 2 },
    { randomShare: Number.NaN },
    { slowestPerMinute: -1 },
    { failedPerMinute: 0.5 },
  ]) {
    assert.throws(() => keeping(rules), RangeError);
  }
});

test("a listener is told of what is kept once and when that is certain, whoever takes it or puts it back", () => {
  const { keeper, held, root } = keeping({ slowestPerMinute: 1 });
  const heard: KeptTrace[] = [];
  const stop = keeper.onKept((trace) => heard.push(trace));
  root("bad", 100, "INTERNAL");
  root("slow", 200);
  root("slow", 300);
  assert.deepEqual(told(heard), ["bad 100 failed"]);
  keeper.putBack(keeper.take());
  held.now = MINUTE_MS;
  keeper.take();
  assert.deepEqual(told(heard), ["bad 100 failed", "slow 300 slow"]);
  stop();
  root("bad", 100, "INTERNAL");
  assert.equal(heard.length, 2);
});

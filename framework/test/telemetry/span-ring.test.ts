import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanRing } from "../../src/telemetry/index.ts";

test("ended spans come oldest first, with parent, trace and outcome", () => {
  const ring = new SpanRing(8);
  const outer = ring.start("ordering.placeOrder", "trace-1", 0);
  const inner = ring.start("catalog.reserveStock", "trace-1", outer);
  ring.end(inner, true);
  ring.end(outer, false);
  const spans = [...ring.ended()];
  assert.deepEqual(
    spans.map(({ name, traceId, id, parent, failed }) => ({ name, traceId, id, parent, failed })),
    [
      { name: "ordering.placeOrder", traceId: "trace-1", id: outer, parent: 0, failed: false },
      { name: "catalog.reserveStock", traceId: "trace-1", id: inner, parent: outer, failed: true },
    ],
  );
  assert.ok(spans[0]!.durationMs >= spans[1]!.durationMs);
  assert.ok(spans[0]!.startedAt <= spans[1]!.startedAt);
});

test("a span that has not ended is not shown", () => {
  const ring = new SpanRing(8);
  ring.start("a.b", "t", 0);
  assert.deepEqual([...ring.ended()], []);
});

test("only the youngest spans are held", () => {
  const ring = new SpanRing(4);
  for (let count = 0; count < 10; count++) ring.end(ring.start(`span ${count}`, "t", 0), false);
  assert.deepEqual(
    [...ring.ended()].map(({ name }) => name),
    ["span 6", "span 7", "span 8", "span 9"],
  );
});

test("a span that was overtaken does not end the one in its place", () => {
  const ring = new SpanRing(2);
  const old = ring.start("old", "t", 0);
  ring.start("between", "t", 0);
  const young = ring.start("young", "t", 0);
  ring.end(old, true);
  assert.deepEqual([...ring.ended()], []);
  ring.end(young, false);
  assert.deepEqual(
    [...ring.ended()].map(({ name, failed }) => [name, failed]),
    [["young", false]],
  );
});

test("a capacity that no mask can address is refused", () => {
  for (const capacity of [0, 1, 3, 100]) assert.throws(() => new SpanRing(capacity), /power of two/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanRing } from "../../src/telemetry/index.ts";

test("ended spans come oldest first, with parent, trace and outcome", () => {
  const ring = new SpanRing(8);
  const outer = ring.start("call", "ordering", "ordering.placeOrder", "trace-1", 0);
  const inner = ring.start("call", "catalog", "catalog.reserveStock", "trace-1", outer);
  ring.end(inner, "CATALOG_OUT_OF_STOCK");
  ring.end(outer, null);
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
  ring.start("call", "a", "a.b", "t", 0);
  assert.deepEqual([...ring.ended()], []);
});

test("only the youngest spans are held", () => {
  const ring = new SpanRing(4);
  for (let count = 0; count < 10; count++) ring.end(ring.start("call", "", `span ${count}`, "t", 0), null);
  assert.deepEqual(
    [...ring.ended()].map(({ name }) => name),
    ["span 6", "span 7", "span 8", "span 9"],
  );
});

test("a span that was overtaken does not end the one in its place", () => {
  const ring = new SpanRing(2);
  const old = ring.start("call", "", "old", "t", 0);
  ring.start("call", "", "between", "t", 0);
  const young = ring.start("call", "", "young", "t", 0);
  ring.end(old, "LATE");
  assert.deepEqual([...ring.ended()], []);
  ring.end(young, null);
  assert.deepEqual(
    [...ring.ended()].map(({ name, failed }) => [name, failed]),
    [["young", false]],
  );
});

test("a capacity that no mask can address is refused", () => {
  for (const capacity of [0, 1, 3, 100]) assert.throws(() => new SpanRing(capacity), /power of two/);
});

test("a span that is open is stepped over by those that come after it", () => {
  const ring = new SpanRing(8);
  const slow = ring.start("request", "", "slow", "t", 0);
  for (let count = 0; count < 50; count++) ring.end(ring.start("call", "", "quick", "t", slow), null);
  ring.end(slow, "INTERNAL");
  assert.equal(ring.at(slow)?.error, "INTERNAL");
  const { spans, spanCount, statementCount } = ring.treeOf(slow);
  assert.deepEqual([spans[0]?.name, spans.length, spanCount, statementCount], ["slow", 8, 51, 0]);
});

test("spans that nobody ends do not fill the ring for ever", () => {
  const ring = new SpanRing(8);
  for (let count = 0; count < 100; count++) ring.start("call", "", "leaked", "t", 0);
  ring.end(ring.start("call", "", "young", "t", 0), null);
  assert.deepEqual(
    [...ring.ended()].map(({ name }) => name),
    ["young"],
  );
});

test("a tree is what its root caused and nothing else, counted by kind", () => {
  const ring = new SpanRing(64);
  const one = ring.start("request", "", "one", "t", 0);
  const other = ring.start("request", "", "other", "t", 0);
  const call = ring.start("call", "", "call", "t", one);
  for (const parent of [call, other, call])
    ring.end(ring.start("statement", "", "select", "t", parent), null);
  const open = ring.start("call", "", "open", "t", one);
  for (const id of [call, one, other]) ring.end(id, null);
  const { spans, spanCount, statementCount } = ring.treeOf(one);
  assert.deepEqual(
    [spans.map(({ name }) => name), spanCount, statementCount],
    [["one", "call", "select", "select"], 5, 2],
  );
  assert.ok(spans.every(({ root }) => root === one));
  assert.equal(ring.at(open), undefined);
});

test("whoever listens is told of each span once, as it ends, until they stop", () => {
  const ring = new SpanRing(8);
  const told: unknown[] = [];
  const stop = ring.onEnded((kind, module, name, durationMs, error, failed, id) => {
    told.push([kind, module, name, durationMs >= 0, error, failed, ring.at(id)?.name]);
  });
  const span = ring.start("call", "stock", "stock.reserve", "t", 0);
  assert.deepEqual(told, []);
  ring.end(span, "STOCK_OUT_OF_STOCK", false);
  ring.end(span, "AGAIN");
  stop();
  ring.end(ring.start("call", "stock", "stock.find", "t", 0), null);
  assert.deepEqual(told, [
    ["call", "stock", "stock.reserve", true, "STOCK_OUT_OF_STOCK", false, "stock.reserve"],
  ]);
});

test("whoever listens for roots is told of roots only", () => {
  const ring = new SpanRing(8);
  const told: string[] = [];
  const stop = ring.onRootEnded((_kind, _module, name) => void told.push(name));
  const root = ring.start("request", "", "root", "t", 0);
  ring.end(ring.start("call", "", "inner", "t", root), null);
  ring.end(root, null);
  stop();
  ring.end(ring.start("request", "", "later", "t", 0), null);
  assert.deepEqual(told, ["root"]);
});

test("outside its process a span has 16 digits that no other ring gives", () => {
  const ids = [new SpanRing(8), new SpanRing(8)].flatMap((ring) => [
    ring.wireId(1),
    ring.wireId(2 ** 32 - 1),
  ]);
  assert.equal(new Set(ids).size, 4);
  for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ObservedPlace, observedValue } from "../../src/testing/observed-value.ts";

const order = () => ({
  id: "o-1",
  total: { amount: 1999, currency: "USD" },
  lines: [
    { sku: "mallet", tags: ["wood", "steel"] },
    { sku: "chisel", tags: [] },
  ],
  note: null as string | null,
});
const ALL = [
  "/id",
  "/lines",
  "/lines/*",
  "/lines/*/sku",
  "/lines/*/tags",
  "/lines/*/tags/*",
  "/note",
  "/total",
  "/total/amount",
  "/total/currency",
];

type Order = ReturnType<typeof order>;

/** What a consumer is seen to read of an order. */
function readBy(consumer: (order: Order) => unknown): string[] {
  const place = new ObservedPlace();
  consumer(observedValue(order(), place) as Order);
  return place.read().sort();
}

test("what is read is seen, and nothing beside it", () => {
  assert.deepEqual(
    readBy(() => {}),
    [],
  );
  assert.deepEqual(
    readBy(({ total }) => total),
    ["/total"],
  );
  assert.deepEqual(
    readBy(({ total: { amount } }) => amount),
    ["/total", "/total/amount"],
  );
  assert.deepEqual(
    readBy(({ lines }) => lines.map(({ sku }) => sku)),
    ["/lines", "/lines/*", "/lines/*/sku"],
  );
  assert.deepEqual(
    readBy(({ note }) => note),
    ["/note"],
  );
});

for (const [way, consumer] of [
  ["JSON.stringify", (value: Order) => JSON.stringify(value)],
  ["structuredClone", (value: Order) => structuredClone(value)],
  ["a comparison", (value: Order) => assert.deepEqual(value, order())],
] as const) {
  test(`${way} reads all of a value, and finds it as it was`, () => {
    assert.deepEqual(readBy(consumer), ALL);
  });
}

test("a spread reads every property, and those of what it took are seen later", () => {
  assert.deepEqual(
    readBy((value) => ({ ...value })),
    ["/id", "/lines", "/lines/*", "/note", "/total"],
  );
  assert.ok(readBy((value) => ({ ...value }).total.currency).includes("/total/currency"));
});

test("a copy says the same as what it was made of", () => {
  const copy = observedValue(order(), new ObservedPlace()) as Order;
  assert.deepEqual(copy, order());
  assert.equal(JSON.stringify(copy), JSON.stringify(order()));
  assert.deepEqual(structuredClone(copy), order());
  assert.deepEqual(Object.keys(copy), Object.keys(order()));
  assert.ok("id" in copy && Object.hasOwn(copy, "id"));
  assert.ok(Array.isArray(copy.lines));
  assert.equal(copy.total, copy.total, "the same object each time");
});

test("a consumer may change what it received, as it may a plain value", () => {
  const copy = observedValue(order(), new ObservedPlace()) as Partial<Order> & { lines: Order["lines"] };
  copy.id = "o-2";
  copy.lines[0]!.sku = "saw";
  copy.lines.push({ sku: "nail", tags: [] });
  copy.lines.sort((a, b) => (a.sku < b.sku ? -1 : 1));
  delete copy.note;
  assert.equal(copy.id, "o-2");
  assert.deepEqual(
    copy.lines.map(({ sku }) => sku),
    ["chisel", "nail", "saw"],
  );
  assert.equal("note" in copy, false);
  const { note: _, ...rest } = order();
  assert.deepEqual(Object.keys(copy), Object.keys(rest));
});

test("what was there is known whether it was read or not, unless what holds it was not read either", () => {
  const place = new ObservedPlace();
  const value = observedValue(order(), place) as Order;
  assert.deepEqual(place.present().sort(), ["/id", "/lines", "/note", "/total"]);
  assert.equal(value.total.amount, 1999);
  assert.ok(place.present().includes("/total/currency"));
});

test("values of one kind add up", () => {
  const place = new ObservedPlace();
  for (const read of [(value: Order) => value.id, (value: Order) => value.note]) {
    read(observedValue(order(), place) as Order);
  }
  assert.deepEqual(place.read().sort(), ["/id", "/note"]);
});

test("a list on the outside and names with signs in them are pointed at as in a JSON pointer", () => {
  const place = new ObservedPlace();
  const [value] = observedValue([{ "a/b": 1, "c~d": 2 }], place) as Record<string, number>[];
  assert.equal(value!["a/b"], 1);
  assert.deepEqual(place.read(), ["/*", "/*/a~1b"]);
  assert.deepEqual(place.present(), ["/*", "/*/a~1b", "/*/c~0d"]);
});

test("what is no plain value is handed on as it is", () => {
  const place = new ObservedPlace();
  for (const value of [null, 7, "text", true, undefined, new Date(0), new Map()]) {
    assert.equal(observedValue(value, place), value);
  }
});

test("a name that objects have by themselves is a property like another", () => {
  const value = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}');
  const place = new ObservedPlace();
  const copy = observedValue(value, place) as { constructor: unknown };
  assert.equal(copy.constructor, 2);
  assert.equal(Object.getPrototypeOf(copy), Object.prototype);
  assert.deepEqual(place.present(), ["/__proto__", "/constructor"]);
});

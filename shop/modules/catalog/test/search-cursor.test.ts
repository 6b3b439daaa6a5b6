import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeSearchCursor, encodeSearchCursor } from "../src/search-cursor.ts";

const position = fc.record(
  {
    rank: fc.oneof(fc.constant(0), fc.double({ min: 1e-20, max: 1, noNaN: true })),
    popularity: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    sku: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  },
  { noNullPrototype: true },
);

test("a cursor comes back as the position it was made of, and fits into a request", () => {
  fc.assert(
    fc.property(position, (at) => {
      const cursor = encodeSearchCursor({ q: "pan" }, at);
      assert.deepEqual(decodeSearchCursor({ q: "pan" }, cursor), at);
      assert.ok(cursor.length <= 500);
    }),
  );
});

test("a cursor is good for its own search only", () => {
  const cursor = encodeSearchCursor({ q: "pan", minPrice: 5 }, { rank: 0.5, popularity: 3, sku: "A" });
  for (const filters of [{}, { q: "pan" }, { q: "pot", minPrice: 5 }, { q: "pan", maxPrice: 5 }]) {
    assert.equal(decodeSearchCursor(filters, cursor), null, JSON.stringify(filters));
  }
});

test("what we did not make is no cursor, whatever it holds", () => {
  const digest = JSON.parse(
    Buffer.from(encodeSearchCursor({}, { rank: 0, popularity: 0, sku: "A" }), "base64url").toString(),
  )[0];
  const made = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString("base64url");
  for (const parts of [
    null,
    [digest],
    [digest, 0, 1.5, "A"],
    [digest, 0, 2 ** 31, "A"],
    [digest, "0", 1, "A"],
    [digest, -1, 1, "A"],
    [digest, 1e-300, 1, "A"],
    [digest, 1e300, 1, "A"],
    [digest, 0, 1, "a b\0"],
    [digest, 0, 1, "A", 1],
    ["x", 0, 1, "A"],
  ]) {
    assert.equal(decodeSearchCursor({}, made(parts)), null, JSON.stringify(parts));
  }
  assert.notEqual(decodeSearchCursor({}, made([digest, 0, 1, "A"])), null);
  fc.assert(fc.property(fc.string(), (text) => assert.equal(decodeSearchCursor({}, text), null)));
});

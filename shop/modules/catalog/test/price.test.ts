import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { minorUnits } from "../src/price.ts";

test("every amount of cents comes back from its decimal text, and from the number that JSON makes of it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (cents) => {
      const text = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
      assert.equal(minorUnits(text, "USD"), cents);
      assert.equal(minorUnits(String(JSON.parse(text)), "USD"), cents);
    }),
    { numRuns: 2_000 },
  );
});

test("prices that multiplying by a hundred would get wrong are exact", () => {
  assert.equal(4.35 * 100 === 435, false);
  for (const [text, cents] of [
    ["4.35", 435],
    ["1.1", 110],
    ["0.29", 29],
    ["1019.9", 101_990],
    ["7", 700],
  ] as const) {
    assert.equal(minorUnits(text, "USD"), cents);
  }
});

test("more decimals than the currency has are refused, not rounded", () => {
  assert.equal(minorUnits("9.999", "USD"), "has more than 2 decimals");
  assert.equal(minorUnits(String(0.1 + 0.2), "USD"), "has more than 2 decimals");
  assert.equal(minorUnits("980.5", "JPY"), "has decimals, and JPY has none");
  assert.equal(minorUnits("980", "JPY"), 980);
});

test("what is no plain decimal is refused", () => {
  for (const text of [
    "",
    "-1",
    "+1",
    "1,299.00",
    "$5",
    "1e3",
    "NaN",
    "Infinity",
    ".5",
    "5.",
    " 5",
    "0x10",
    "١",
  ]) {
    assert.equal(typeof minorUnits(text, "USD"), "string", JSON.stringify(text));
  }
});

test("a price above ten billion dollars is refused, however long", () => {
  assert.equal(minorUnits("10000000000.00", "USD"), 1_000_000_000_000);
  assert.match(String(minorUnits("10000000000.01", "USD")), /is above/);
  assert.match(String(minorUnits("9".repeat(400), "USD")), /is above/);
});

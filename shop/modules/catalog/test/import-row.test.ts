import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readRow } from "../src/import-row.ts";

const FULL = {
  sku: "4984700",
  name: "Phone",
  description: "Makes calls.",
  brand: "Bell",
  categories: ["Cell Phones", "Prepaid"],
  price: 49.99,
  currency: "USD",
  popularity: 21_449,
  stock: 3,
};

function reasonOf(fields: object): string | undefined {
  const read = readRow(1, { sku: "A-1", name: "Phone", price: 1, ...fields });
  return "reason" in read ? read.reason : undefined;
}

test("a full row is a product with its price in cents", () => {
  const { price: _, ...fields } = FULL;
  assert.deepEqual(readRow(7, FULL), { line: 7, ...fields, priceAmount: 4_999 });
});

test("a product needs no more than SKU, name and price; null is as good as left out", () => {
  const bare = {
    line: 1,
    sku: "A-1",
    name: "Phone",
    description: "",
    brand: null,
    categories: [],
    priceAmount: 500,
    currency: "USD",
    popularity: 0,
    stock: null,
  };
  assert.deepEqual(readRow(1, { sku: "A-1", name: "Phone", price: "5.00" }), bare);
  assert.deepEqual(readRow(1, { sku: "A-1", name: "Phone", price: 5, brand: null, stock: null }), bare);
});

test("what is missing or wrong is told by field", () => {
  const cases: [object, string][] = [
    [{ sku: undefined }, "sku is missing"],
    [{ sku: 4984700 }, "sku must be text: put it in quotes, so that leading zeros are kept"],
    [{ sku: "no spaces" }, "sku must be 1 to 64 letters, digits, dots, dashes or underscores"],
    [{ name: "  " }, "name is empty"],
    [{ name: 5 }, "name must be text"],
    [{ name: "x".repeat(501) }, "name is longer than 500 characters"],
    [{ price: -1 }, "price must be a number like 49.99, without a sign, a currency or separators"],
    [{ price: true }, "price must be a number"],
    [{ price: null }, "price is missing"],
    [{ currency: "XYZ" }, "currency must be one of USD, EUR, GBP, CHF, CAD, AUD, JPY"],
    [{ categories: "Phones" }, "categories must be a list of texts"],
    [{ categories: [1] }, "categories must be text"],
    [{ categories: Array(21).fill("x") }, "categories has more than 20 entries"],
    [{ popularity: 1.5 }, "popularity must be a whole number from 0 to 2147483647"],
    [{ stock: -1 }, "stock must be a whole number from 0 to 1000000000"],
    [{ stock: "3" }, "stock must be a whole number from 0 to 1000000000"],
    [{ description: "a\0b" }, "description holds a NUL character"],
    [{ brand: "\ud800" }, "brand holds half of a surrogate pair"],
    [{ stok: 3 }, '"stok" is not a field of a product'],
    [JSON.parse('{"__proto__": {}}') as object, '"__proto__" is not a field of a product'],
  ];
  for (const [fields, reason] of cases) {
    const row = Object.assign(Object.create(null), { sku: "A-1", name: "Phone", price: 1 });
    for (const [name, value] of Object.entries(fields)) {
      Object.defineProperty(row, name, { value, enumerable: true, configurable: true });
    }
    const read = readRow(1, row);
    assert.equal("reason" in read ? read.reason : undefined, reason, JSON.stringify(fields));
  }
});

test("several faults are told together, at most three", () => {
  assert.equal(reasonOf({ name: "", price: "x", stock: -1, popularity: -1 })?.split("; ").length, 3);
});

test("whatever a row is, it is read or refused and nothing is thrown", () => {
  const fields = fc.record(Object.fromEntries(Object.keys(FULL).map((name) => [name, fc.anything()])), {
    requiredKeys: [],
  });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fields), (anything) => {
      assert.equal(typeof readRow(1, anything), "object");
    }),
    { numRuns: 1_000 },
  );
});

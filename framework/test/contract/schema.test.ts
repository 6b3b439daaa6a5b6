import assert from "node:assert/strict";
import { test } from "node:test";
import { closed, Type, validator } from "../../src/contract/index.ts";

const line = closed({ sku: Type.String({ minLength: 1 }), quantity: Type.Integer({ minimum: 1 }) });
const order = closed({ lines: Type.Array(line), note: Type.Optional(Type.String()) });

test("a closed object refuses what it does not list, and names it", () => {
  const check = validator(order);
  assert.equal(check.accepts({ lines: [] }), true);
  assert.equal(check.accepts({ lines: [], nots: "misspelt" }), false);
  assert.deepEqual(check.violations({ lines: [], nots: "misspelt" }), [
    { path: "/nots", message: "is not a known property" },
  ]);
});

test("a violation says where it is, as a JSON pointer", () => {
  const check = validator(order);
  const violations = check.violations({ lines: [{ sku: "a", quantity: 0 }, { sku: "b" }] });
  assert.deepEqual(
    violations.map(({ path }) => path),
    ["/lines/0/quantity", "/lines/1/quantity"],
  );
  assert.equal(violations[1]!.message, "is required");
  assert.equal(check.violations("an order")[0]!.path, "");
});

test("violations are at most five, however wrong the value is", () => {
  const lines = Array.from({ length: 50 }, () => ({ sku: "", quantity: 0 }));
  assert.equal(validator(order).violations({ lines }).length, 5);
});

test("a schema is compiled once", () => {
  assert.equal(validator(order), validator(order));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  closed,
  command,
  contract,
  error,
  isError,
  OperationError,
  operationError,
  query,
  Type,
  wireCode,
} from "../../src/contract/index.ts";

const nothing = closed({});
const catalog = contract("catalog", {
  reserve: command({
    transaction: "joins",
    input: nothing,
    output: nothing,
    errors: {
      OUT_OF_STOCK: error("conflict", "There is not enough of it.", closed({ sku: Type.String() })),
      LOCKED: error("limited", "Wait.", undefined, { commits: true }),
    },
  }),
  find: query({ input: nothing, output: nothing, errors: { OUT_OF_STOCK: error("not_found", "None.") } }),
});

test("a declared error carries code, kind, operation, data and description", () => {
  const thrown = operationError(catalog.reserve, "OUT_OF_STOCK", { sku: "a" });
  assert.ok(thrown instanceof OperationError);
  const { code, kind, operation, data, commits, message } = thrown;
  assert.deepEqual(
    { code, kind, operation, data, commits, message },
    {
      code: "CATALOG_OUT_OF_STOCK",
      kind: "conflict",
      operation: "catalog.reserve",
      data: { sku: "a" },
      commits: false,
      message: "There is not enough of it.",
    },
  );
  assert.equal(wireCode(catalog.reserve, "OUT_OF_STOCK"), "CATALOG_OUT_OF_STOCK");
});

test("an error is matched by code and operation, not by class", () => {
  const overTheWire = JSON.parse(
    JSON.stringify({ code: "CATALOG_OUT_OF_STOCK", operation: "catalog.reserve", data: { sku: "a" } }),
  );
  assert.equal(isError(overTheWire, catalog.reserve, "OUT_OF_STOCK"), true);
  assert.equal(isError(overTheWire, catalog.reserve, "LOCKED"), false);
  assert.equal(isError(overTheWire, catalog.find, "OUT_OF_STOCK"), false);
  for (const other of [null, undefined, "CATALOG_OUT_OF_STOCK", 7, new Error("no")]) {
    assert.equal(isError(other, catalog.reserve, "OUT_OF_STOCK"), false);
  }
});

test("an error keeps what was written only where it says so", () => {
  assert.equal(operationError(catalog.reserve, "LOCKED", {}).commits, true);
  assert.equal(operationError(catalog.reserve, "OUT_OF_STOCK", { sku: "a" }).commits, false);
});

test("an error that the contract does not declare cannot be made", () => {
  assert.throws(() => operationError(catalog.reserve, "GONE", {}), /catalog\.reserve declares no error GONE/);
});

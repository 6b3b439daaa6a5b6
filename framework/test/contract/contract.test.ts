import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ContractError,
  closed,
  command,
  contract,
  error,
  isOperation,
  membersOf,
  query,
  Type,
  view,
} from "../../src/contract/index.ts";

const nothing = closed({});

test("a member knows its contract, its name and its id", () => {
  const catalog = contract("catalog", {
    reserveStock: command({ transaction: "joins", input: nothing, output: nothing }),
    findProduct: query({ input: nothing, output: nothing }),
    listing: view({ view: "product_listing", row: closed({ sku: Type.String() }) }),
  });
  assert.equal(catalog.contractName, "catalog");
  assert.equal(catalog.reserveStock.id, "catalog.reserveStock");
  assert.equal(catalog.reserveStock.transaction, "joins");
  assert.equal(catalog.findProduct.kind, "query");
  assert.equal(catalog.listing.view, "product_listing");
  assert.deepEqual(
    membersOf(catalog).map(({ id }) => id),
    ["catalog.reserveStock", "catalog.findProduct", "catalog.listing"],
  );
  assert.deepEqual(membersOf(catalog).map(isOperation), [true, true, false]);
});

test("a contract cannot be changed once it is made", () => {
  const catalog = contract("catalog", { find: query({ input: nothing, output: nothing }) });
  assert.throws(() => Object.assign(catalog, { find: null }), TypeError);
  assert.throws(() => Object.assign(catalog.find, { kind: "command" }), TypeError);
});

test("an operation without errors declares none", () => {
  const { find } = contract("catalog", { find: query({ input: nothing, output: nothing }) });
  assert.deepEqual(find.errors, {});
});

test("all that is wrong with a contract is reported at once", () => {
  const refused = () =>
    contract("Catalog", {
      FindProduct: query({ input: nothing, output: nothing }),
      members: query({ input: nothing, output: nothing }),
      // A contract with a `then` would be taken for a promise by `await`.
      // biome-ignore lint/suspicious/noThenProperty: that is what is refused
      then: query({ input: nothing, output: nothing }),
      reserve: command({
        transaction: "own",
        input: nothing,
        output: nothing,
        errors: { outOfStock: error("conflict", "Not enough.") },
      }),
      listing: view({ view: "Listing; drop table", row: closed({}) }),
    });
  assert.throws(refused, (thrown: unknown) => {
    assert.ok(thrown instanceof ContractError);
    assert.equal(thrown.code, "ASHLAR_CONTRACT_INVALID");
    const faults = thrown.message.split("\n").slice(1);
    assert.equal(faults.length, 6);
    assert.match(thrown.message, /^Contract "Catalog" is not valid:/);
    for (const [index, part] of [
      "name",
      "FindProduct",
      "members",
      "then",
      "outOfStock",
      "listing",
    ].entries()) {
      assert.match(faults[index]!, new RegExp(part));
    }
    return true;
  });
});

test("a contract's name fits a Postgres schema and the roles made from it", () => {
  for (const name of ["", "1st", "a-b", "a.b", "A", "a".repeat(31), 'a"; drop schema x']) {
    assert.throws(() => contract(name, {}), ContractError, name);
  }
  assert.equal(contract("a".repeat(30), {}).contractName.length, 30);
});

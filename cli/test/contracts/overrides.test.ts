import assert from "node:assert/strict";
import { test } from "node:test";
import { contractChange } from "../../src/contracts/contract-change.ts";
import { judge, type Override, readOverrides } from "../../src/contracts/overrides.ts";

const TODAY = new Date("2026-11-21T12:00:00Z");
const broken = contractChange(
  { boundary: "event", module: "ordering", where: "ordering.orderPaid", part: "payload" },
  "required-property-removed",
  "total was removed",
  { pointer: "/total" },
);
const allowed: Override = { id: broken.key, reason: "nobody subscribes yet", expires: "2026-11-21" };

const judged = (overrides: readonly Override[], earlier: readonly Override[] = [], changes = [broken]) =>
  judge(changes, overrides, earlier, TODAY);

test("what is allowed is a note, with its reason, up to and with its last day", () => {
  const { changes, problems } = judged([allowed]);
  assert.equal(broken.key, "required-property-removed: ordering.orderPaid payload /total");
  assert.deepEqual([changes[0]!.severity, changes[0]!.override], ["note", allowed]);
  assert.deepEqual(problems, []);
});

test("an override that has expired allows nothing, and is an error itself", () => {
  const { changes, problems } = judged([{ ...allowed, expires: "2026-11-20" }]);
  assert.equal(changes[0]!.severity, "error");
  assert.deepEqual(
    problems.map(({ severity, text }) => `${severity}: ${text}`),
    ["error: expired on 2026-11-20; remove it, or decide again"],
  );
});

test("an override that allows nothing is an error, unless an earlier change brought it in", () => {
  assert.equal(judged([allowed], [], []).problems[0]!.severity, "error");
  assert.equal(judged([allowed], [allowed], []).problems[0]!.severity, "note");
});

test("an override that is there twice is an error", () => {
  assert.equal(judged([allowed, allowed]).problems[0]!.text, "is there twice; keep one");
});

const FAULTY: readonly (readonly [unknown, RegExp])[] = [
  [[], /must be \{"overrides"/],
  [{ overrides: [{ id: "x", expires: "2026-12-01" }] }, /entry 1: x has no reason/],
  [{ overrides: [{ id: "x", reason: " ", expires: "2026-12-01" }] }, /x has no reason/],
  [{ overrides: [{ id: "x", reason: "y" }] }, /needs "expires"/],
  [{ overrides: [{ id: "x", reason: "y", expires: "2026-02-31" }] }, /there is no day 2026-02-31/],
  [{ overrides: [{ reason: "y", expires: "2026-12-01" }] }, /has no id/],
  [{ overrides: [{ id: "x", reason: "y", expires: "2026-12-01", until: 1 }] }, /until means nothing/],
];

for (const [file, message] of FAULTY) {
  test(`overrides are refused that say ${JSON.stringify(file)}`, () => {
    assert.throws(() => readOverrides(file, "contracts/"), {
      code: "ASHLAR_CLI_CONTRACTS_UNREADABLE",
      message,
    });
  });
}

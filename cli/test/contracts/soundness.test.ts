import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import type { ChangeId, Direction } from "../../src/contracts/change-rules.ts";
import { ownRoot, type Reader, schemaChanges } from "../../src/contracts/schema-difference.ts";
import type { SchemaObject } from "../../src/contracts/schema-node.ts";
import { anySchema, Dice, mutated, opened, someValue } from "./schema-scene.ts";

const RUNS = Number(process.env.ASHLAR_TEST_RUNS ?? 800);
const SEED = Number(process.env.ASHLAR_TEST_SEED ?? Math.trunc(Math.random() * 2 ** 31));
const VALUES = 6;

interface Way {
  readonly direction: Direction;
  readonly reader: Reader;
}

const WAYS: readonly Way[] = [
  { direction: "request", reader: "tolerant" },
  { direction: "response", reader: "tolerant" },
  { direction: "response", reader: "validating" },
];

for (const way of WAYS) {
  test(`what is called harmless for a ${way.direction} with a ${way.reader} reader is, by Ajv`, (t) => {
    t.diagnostic(`ASHLAR_TEST_SEED=${SEED} ASHLAR_TEST_RUNS=${RUNS}`);
    let judged = 0;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const found = counterexample(seed, way);
        if (found === "broken before") return;
        judged++;
        assert.equal(JSON.stringify(found), "null");
      }),
      { numRuns: RUNS, seed: SEED },
    );
    // Most mutations break something; those that do not are what this is about.
    t.diagnostic(`${judged} of ${RUNS} pairs were called harmless`);
    assert.ok(judged > RUNS / 20, `only ${judged} pairs were called harmless`);
  });
}

/** A rule that is left out must be missed: else the values above would prove nothing. */
const PLANTED: readonly (readonly [ChangeId, Way])[] = [
  ["limit-tightened", WAYS[0]!],
  ["required-property-added", WAYS[0]!],
  ["became-required", WAYS[0]!],
  ["enum-value-removed", WAYS[0]!],
  ["null-removed", WAYS[0]!],
  ["type-narrowed", WAYS[0]!],
  ["type-changed", WAYS[0]!],
  ["constraint-added", WAYS[0]!],
  ["additional-properties-closed", WAYS[0]!],
  ["closed-property-removed", WAYS[0]!],
  ["union-branch-removed", WAYS[0]!],
  ["all-of-added", WAYS[0]!],
  ["limit-loosened", WAYS[1]!],
  ["became-optional", WAYS[1]!],
  ["null-added", WAYS[1]!],
  ["integer-became-number", WAYS[1]!],
  ["type-widened", WAYS[1]!],
  ["enum-value-added", WAYS[1]!],
  ["union-branch-added", WAYS[1]!],
  ["required-property-removed", WAYS[1]!],
  ["unknown-property-added", WAYS[2]!],
];

for (const [id, way] of PLANTED) {
  test(`without ${id} the oracle objects`, () => {
    for (let seed = SEED; seed < SEED + 60_000; seed++) {
      const found = counterexample(seed, way, id);
      if (found !== null && found !== "broken before") return;
    }
    assert.fail(`no value was found that shows why there is ${id}`);
  });
}

/**
 * Makes two schemas and, when nothing is found between them, values that the one side may send. Null when the other
 * side takes them all.
 */
function counterexample(seed: number, { direction, reader }: Way, leftOut?: ChangeId): unknown {
  const dice = new Dice(seed);
  const old = anySchema(dice);
  const new_ = mutated(old, dice);
  const changes = schemaChanges(old, new_, { old: ownRoot(old), new: ownRoot(new_), direction, reader });
  const counting = changes.filter(({ severity }) => severity === "error" || severity === "warning");
  if (
    leftOut === undefined
      ? counting.length > 0
      : counting.length === 0 || counting.some(({ id }) => id !== leftOut)
  ) {
    return "broken before";
  }
  const [sends, takes] = direction === "request" ? [old, new_] : [new_, old];
  const isSent = validatorOf(sends);
  const isTaken = validatorOf(
    direction === "response" && reader === "tolerant" ? (opened(takes) as SchemaObject) : takes,
  );
  for (let turn = 0; turn < VALUES; turn++) {
    const value = someValue(sends, dice);
    if (isSent(value) && !isTaken(value)) return { seed, old, new: new_, value, changes };
  }
  return null;
}

// One for all: to make one costs more than to compile a schema.
const ajv = new Ajv2020({ strict: false, validateSchema: false, addUsedSchema: false });
addFormats.default(ajv);

function validatorOf(schema: SchemaObject): (value: unknown) => boolean {
  const validate = ajv.compile(schema);
  ajv.removeSchema(schema);
  return (value) => validate(value) === true;
}

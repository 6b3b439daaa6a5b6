import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CATALOGUE, type Metric } from "../../../src/telemetry/index.ts";

const metrics: readonly Metric[] = Object.values(CATALOGUE);
const PAGE = join(import.meta.dirname, "../../../../docs/reference/metrics.md");

test("names have the prefix, base units, and a suffix that fits the type", () => {
  for (const { name, type, labels } of metrics) {
    assert.match(name, /^ashlar_[a-z]+(_[a-z]+)*$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    if (type === "histogram") assert.match(name, /_seconds$/);
    assert.doesNotMatch(name, /_(ms|milliseconds|minutes|kilobytes|kb|mb|percent)(_|$)/);
    for (const label of labels) assert.match(label, /^[a-z]+(_[a-z]+)*$/);
    assert.ok(!labels.includes("le"), name);
  }
});

test("no name comes twice, nor is it that of a histogram's part", () => {
  const names = metrics.flatMap(({ name, type }) =>
    type === "histogram" ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  assert.equal(new Set(names).size, names.length);
});

test("the page lists every metric as it is, and no other", () => {
  const rows = readFileSync(PAGE, "utf8").match(/^\| `ashlar_.*$/gm);
  const expected = metrics.map(({ name, type, labels, help }) => {
    const names = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${names} | ${help} |`;
  });
  assert.deepEqual([...(rows ?? [])].sort(), expected.sort());
});

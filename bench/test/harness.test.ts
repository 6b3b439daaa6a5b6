import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { measureRow, percentile, summarise } from "../harness.ts";
import { jsonLine, markdownTable } from "../report.ts";

test("a summary is the median, the extremes and how many values there were", () => {
  assert.deepEqual(summarise([9, 1, 5]), { median: 5, min: 1, max: 9, n: 3 });
  assert.deepEqual(summarise([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4, n: 4 });
  assert.deepEqual(summarise([7]), { median: 7, min: 7, max: 7, n: 1 });
});

test("nothing cannot be summarised", () => {
  assert.throws(() => summarise([]), RangeError);
});

test("a percentile lies between the two nearest values", () => {
  assert.equal(percentile([10, 20], 0.99), 19.9);
  assert.equal(percentile([10, 20, 30], 0.5), 20);
  assert.equal(percentile([10, 20, 30], 1), 30);
  assert.equal(percentile(Float64Array.of(5), 0.99), 5);
  assert.ok(Number.isNaN(percentile([], 0.5)));
});

test("systems take turns, and the order turns round with every round", async () => {
  const turns: string[] = [];
  const contender = (system: string) => ({
    system,
    measure: async () => {
      turns.push(system);
      return { "ops/s": 1 };
    },
  });
  const row = { row: "r", against: "b", contenders: [contender("a"), contender("b")] };
  await measureRow("t", row, 3);
  assert.equal(turns.join(""), "ab" + "ab" + "ba" + "ab");
});

test("the first round warms up and is not recorded", async () => {
  let round = 0;
  const row = {
    row: "r",
    against: "a",
    contenders: [{ system: "a", measure: async () => ({ seconds: round++ === 0 ? 1000 : 1 }) }],
  };
  assert.deepEqual(await measureRow("t", row, 2), [
    { table: "t", row: "r", system: "a", unit: "seconds", median: 1, min: 1, max: 1, n: 2 },
  ]);
});

test("a ratio is taken round by round, so that a slower machine does not change it", async () => {
  const readings = { ours: [0, 10, 200, 30], theirs: [0, 5, 100, 15] };
  const contender = (system: keyof typeof readings) => ({
    system,
    measure: async () => ({ "µs/call": readings[system].shift()! }),
  });
  const row = { row: "r", against: "theirs", contenders: [contender("ours"), contender("theirs")] };
  const results = await measureRow("t", row, 3);
  assert.deepEqual(
    results.map(({ system, unit, median, min, max }) => [system, unit, median, min, max]),
    [
      ["ours", "µs/call", 30, 10, 200],
      ["ours", "ratio of µs/call to theirs", 2, 2, 2],
      ["theirs", "µs/call", 15, 5, 100],
    ],
  );
});

const result = {
  table: "t",
  row: "r",
  system: "ashlar",
  unit: "ops/s",
  median: 1234.5,
  min: 1,
  max: 2000,
  n: 3,
};

test("a JSON line has the eight fields and no others", () => {
  assert.deepEqual(JSON.parse(jsonLine({ ...result, extra: true } as never)), result);
  assert.deepEqual(Object.keys(JSON.parse(jsonLine(result))), [
    "table",
    "row",
    "system",
    "unit",
    "median",
    "min",
    "max",
    "n",
  ]);
});

test("the table for people puts a ratio beside its figure", () => {
  const ratio = { ...result, unit: "ratio of ops/s to baseline", median: 0.911, min: 0.9, max: 0.92 };
  const baseline = { ...result, system: "baseline", median: 1300 };
  const lines = markdownTable([result, ratio, baseline]).split("\n");
  assert.equal(lines.length, 4);
  assert.match(
    lines[2]!,
    /^\| r +\| ashlar +\| ops\/s \| 1,235 +\| 1\.00–2,000 \| 3 \| 0\.91 \(0\.90–0\.92\) +\|$/,
  );
  assert.match(lines[3]!, /^\| r +\| baseline \|.*\| +\|$/);
});

function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const run = fileURLToPath(new URL("../run.ts", import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [run, ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

test("--list names the tables", async () => {
  const { code, stdout } = await bench("--list");
  assert.equal(code, 0);
  assert.deepEqual(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ")[0]),
    ["walls", "calls", "http", "purchase", "start", "queue", "check", "console"],
  );
});

for (const [what, args] of [
  ["no table", []],
  ["an unknown table", ["speed"]],
  ["two tables", ["walls", "calls"]],
  ["an unknown flag", ["walls", "--fast"]],
  ["a value for a flag that takes none", ["walls", "--quick=1"]],
] as const) {
  test(`${what} is answered with the usage and exit code 2`, async () => {
    const { code, stdout, stderr } = await bench(...args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^bench: .+\n\nusage: npm run bench -- --list\n/);
  });
}

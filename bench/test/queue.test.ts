import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { aimLines } from "../aims.ts";
import type { Child } from "../child.ts";
import type { Result } from "../harness.ts";
import type { Benched } from "../queue/benched.ts";
import { accountFor, decodeRuns, encodeRun, type Run } from "../queue/runs.ts";
import { drainRow, enqueueManyRow } from "../queue/throughput.ts";

const allRun: readonly Run[] = Array.from({ length: 100 }, (_, i) => ({ i, at: 1000 + i }));

test("jobs that all ran once are neither lost nor run twice", () => {
  assert.deepEqual(accountFor(100, allRun), { lost: 0, runTwice: 0, doneAt: 1099 });
});

test("a job that never ran is lost, and nothing is done then", () => {
  const { lost, doneAt } = accountFor(
    100,
    allRun.filter(({ i }) => i !== 42),
  );
  assert.equal(lost, 1);
  assert.ok(Number.isNaN(doneAt));
});

test("a job that ran twice is counted once, and its first run is when it was done", () => {
  assert.deepEqual(accountFor(100, [...allRun, { i: 99, at: 5000 }, { i: 99, at: 6000 }]), {
    lost: 0,
    runTwice: 1,
    doneAt: 1099,
  });
});

test("what a killed process wrote is read up to the run that it did not finish writing", () => {
  const written = Buffer.concat(allRun.map(encodeRun));
  assert.deepEqual(decodeRuns(written), allRun);
  assert.deepEqual(decodeRuns(written.subarray(0, written.length - 1)), allRun.slice(0, 99));
});

/** A system whose process and storage answer as they are told to. */
function answering(answers: Readonly<Record<string, unknown>>, unfinished: number): Benched {
  const child = { pid: 0, ask: async (task: string) => answers[task], stop: async () => {} } as Child;
  return {
    system: "planted",
    producer: child,
    worker: child,
    storage: {
      address: "",
      unfinished: async () => unfinished,
      clear: async () => {},
      tidy: async () => {},
      holdSnapshot: null,
      statements: async () => 0,
      connections: async () => ({}),
      measureCpu: () => () => 0,
    },
  };
}

test("a rate of enqueuing is refused when a job is missing", async () => {
  const filled = { fill: { elapsedMs: 10, cpuMicros: 10 } };
  const measure = (unfinished: number) =>
    enqueueManyRow([answering(filled, unfinished)], 1000).contenders[0]!.measure();
  assert.equal((await measure(1000))["jobs/s"], 100_000);
  await assert.rejects(measure(999), /1000 jobs were enqueued, and 999 are there/);
});

test("a rate of draining is refused when a job ran twice", async () => {
  const measure = (runTwice: number) => {
    const drained = { firstAt: 0, doneAt: 10, cpuMicros: 10, runTwice };
    return drainRow([answering({ fill: {}, drain: drained }, 0)], 1000).contenders[0]!.measure();
  };
  assert.ok((await measure(0))["jobs/s"]! > 0);
  await assert.rejects(measure(1), /planted ran 1 jobs twice/);
});

const result = (system: string, unit: string, median: number): Result => ({
  table: "t",
  row: "drain",
  system,
  unit,
  median,
  min: median,
  max: median,
  n: 1,
});

test("a figure that misses what it should reach is said to", () => {
  const aims = [
    { row: "drain", system: "ashlar", unit: "jobs/s", timesThatOf: "peer", atLeast: 2 },
    { row: "drain", system: "ashlar", unit: "p50 ms", atMost: 2.5 },
    { row: "drain", system: "ashlar", unit: "jobs/s", timesThatOf: "not installed", atLeast: 2 },
  ];
  const results = (peer: number) => [
    result("ashlar", "jobs/s", 100),
    result("ashlar", "p50 ms", 2.4),
    result("peer", "jobs/s", 100 * peer),
    result("peer", "ratio of jobs/s to ashlar", peer),
  ];
  assert.deepEqual(aimLines(aims, results(0.4)), [
    "met     drain: jobs/s 2.5 times peer (at least 2)",
    "met     drain: p50 ms 2.4 (at most 2.5)",
  ]);
  assert.deepEqual(aimLines(aims, results(0.625))[0], "MISSED  drain: jobs/s 1.6 times peer (at least 2)");
});

test("the table runs, with whatever peers this machine has", async () => {
  const run = fileURLToPath(new URL("../run.ts", import.meta.url));
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [run, "queue", "--quick", "--json"], (error, out) =>
      error === null ? resolve(out) : reject(error),
    );
  });
  const results = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Result);
  assert.equal(new Set(results.map(({ row }) => row)).size, 10);
  for (const { row, system, unit, median } of results) {
    assert.ok(Number.isFinite(median), `${row}: ${unit} of ${system} is ${median}`);
  }
  const notDone = results.find(({ unit, system }) => unit.startsWith("jobs not done") && system === "ashlar");
  assert.equal(notDone?.median, 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Metrics, ProcessMetrics } from "../../../src/telemetry/index.ts";
import { eventually } from "../../../src/testing/index.ts";
import { Scraped } from "./scraped.ts";

async function withProcess(work: (read: () => Promise<Scraped>) => Promise<void>): Promise<Metrics> {
  const metrics = new Metrics();
  const ofProcess = new ProcessMetrics(metrics);
  try {
    await work(async () => new Scraped(await metrics.scrape()));
  } finally {
    ofProcess.stop();
    ofProcess.stop();
  }
  return metrics;
}

const MAXIMUM = { quantile: "1" };

test("CPU, memory, start and version are those of this process", async () => {
  await withProcess(async (read) => {
    const scrape = await read();
    assert.ok(scrape.value("ashlar_process_cpu_seconds_total", { mode: "user" })! > 0);
    assert.ok(scrape.value("ashlar_process_memory_bytes", { kind: "resident" })! > 10_000_000);
    const started = scrape.value("ashlar_process_start_time_seconds")!;
    assert.ok(Math.abs(Date.now() / 1000 - process.uptime() - started) < 5);
    assert.equal(scrape.value("ashlar_build_info", { node_version: process.version, release: "" }), 1);
  });
});

test("a stalled event loop is seen", async () => {
  await withProcess(async (read) => {
    // From its second turn on Node's timer has something to measure from.
    await eventually(
      "the delay is measured",
      async () => (await read()).value("ashlar_event_loop_delay_seconds", MAXIMUM)! > 0,
    );
    const until = performance.now() + 300;
    while (performance.now() < until);
    await eventually(
      "the stall is in the maximum",
      async () => (await read()).value("ashlar_event_loop_delay_seconds", MAXIMUM)! > 0.2,
    );
    assert.ok((await read()).value("ashlar_event_loop_delay_seconds", { quantile: "0.5" })! < 0.2);
  });
});

test("a garbage collection is counted, and none after the end", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const major = async (read: () => Promise<Scraped>) =>
    (await read()).value("ashlar_gc_duration_seconds_count", { kind: "major" })!;
  const metrics = await withProcess(async (read) => {
    const before = await major(read);
    collect();
    await eventually("the collection is seen", async () => (await major(read)) > before);
  });
  const read = async () => new Scraped(await metrics.scrape());
  const before = await major(read);
  const other = new Metrics();
  const watching = new ProcessMetrics(other);
  collect();
  await eventually("another observer has seen it", () =>
    major(async () => new Scraped(await other.scrape())).then((count) => count > 0),
  );
  watching.stop();
  assert.equal(await major(read), before);
  assert.deepEqual((await read()).series("ashlar_event_loop_delay_seconds"), []);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Metric, Metrics } from "../../../src/telemetry/index.ts";
import { Scraped } from "./scraped.ts";

const shouts: Metric = {
  name: "ashlar_shouts_total",
  type: "counter",
  help: "Shouts.",
  labels: ["who", "what"],
};
const waits: Metric = { name: "ashlar_wait_seconds", type: "histogram", help: "Waits.", labels: ["who"] };

const scraped = async (metrics: Metrics) => new Scraped(await metrics.scrape());

describe("a scrape", () => {
  for (const hostile of [
    'a"b',
    "a\\b",
    "a\nb",
    'a\\"\n}\\',
    '"} 99\nashlar_shouts_total{who="forged"} 1',
    "\\n",
    "",
    "a\rb",
    "# TYPE x counter",
    "日本 🎉",
    "{,=}",
  ]) {
    test(`gives back the label value ${JSON.stringify(hostile)}`, async () => {
      const metrics = new Metrics();
      metrics.counters(shouts).with(hostile, "x").add(7);
      metrics.histograms(waits).with(hostile).observe(3);
      const read = await scraped(metrics);
      assert.deepEqual(read.series("ashlar_shouts_total"), [
        { name: "ashlar_shouts_total", labels: { who: hostile, what: "x" }, value: 7 },
      ]);
      assert.equal(read.value("ashlar_wait_seconds_count", { who: hostile }), 1);
    });
  }

  test("gives back any label values", async () => {
    // The parser trims a line, so what a line ends with is not for it to say.
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), async (who, what) => {
        const metrics = new Metrics();
        metrics.counters(shouts).with(who, what).add();
        const [sample] = (await scraped(metrics)).series("ashlar_shouts_total");
        assert.deepEqual(sample?.labels, { who: who.toWellFormed(), what: what.toWellFormed() });
      }),
    );
  });

  test("replaces half a surrogate pair, which is no UTF-8", async () => {
    const metrics = new Metrics();
    metrics.counters(shouts).with("\ud800", "x").add();
    assert.equal((await scraped(metrics)).value("ashlar_shouts_total", { who: "\ufffd" }), 1);
  });

  test("has a head with type and help, whose line breaks and backslashes are escaped", async () => {
    const metrics = new Metrics();
    const help = 'One\n# TYPE two\\ "three"';
    metrics.counters({ ...shouts, help }).with("a", "b");
    const family = (await scraped(metrics)).families.get("ashlar_shouts_total");
    assert.equal(family?.help, help);
    assert.equal(family.type, "COUNTER");
  });

  test("writes what is no number as Prometheus does", async () => {
    const metrics = new Metrics();
    const gauge: Metric = { name: "ashlar_odd", type: "gauge", help: "Odd.", labels: ["value"] };
    for (const value of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e-9, 1e21]) {
      metrics.readings(gauge).add([String(value)], () => value);
    }
    const text = await metrics.scrape();
    for (const line of ["} +Inf", "} -Inf", "} NaN", "} 1e-9", "} 1e+21"]) {
      assert.ok(text.includes(`${line}\n`), line);
    }
  });

  test("of a histogram has growing buckets in seconds, the last of which is the count", async () => {
    const metrics = new Metrics();
    const durations = [0.05, 0.1, 0.11, 3, 3.2, 1000, 200_000];
    for (const ms of durations) metrics.histograms(waits).with("a").observe(ms);
    const read = await scraped(metrics);
    const buckets = read.series("ashlar_wait_seconds_bucket", { who: "a" });
    assert.equal(buckets.length, 22);
    assert.equal(buckets.at(-1)!.labels.le, "+Inf");
    assert.equal(buckets.at(-1)!.value, durations.length);
    for (const { labels, value } of buckets) {
      const le = labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.le);
      assert.equal(value, durations.filter((ms) => ms / 1000 <= le).length, `le ${labels.le}`);
    }
    assert.equal(read.value("ashlar_wait_seconds_count"), durations.length);
    const sum = durations.reduce((total, ms) => total + ms, 0) / 1000;
    assert.ok(Math.abs(read.value("ashlar_wait_seconds_sum")! - sum) < 1e-9);
  });

  test("keeps the series of a histogram together, whoever came between", async () => {
    const metrics = new Metrics();
    metrics.histograms(waits).with("a").observe(1);
    metrics.counters(shouts).with("a", "b").add();
    metrics.histograms(waits).with("b").observe(1);
    assert.equal((await scraped(metrics)).families.size, 2);
  });
});

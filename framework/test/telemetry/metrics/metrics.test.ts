import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Metric, Metrics, type Sample } from "../../../src/telemetry/index.ts";
import { Scraped } from "./scraped.ts";

const shouts: Metric = {
  name: "ashlar_shouts_total",
  type: "counter",
  help: "Shouts.",
  labels: ["who"],
  mostSeries: 3,
};
const depth: Metric = { name: "ashlar_depth", type: "gauge", help: "Depth.", labels: ["place"] };
const scraped = async (metrics: Metrics) => new Scraped(await metrics.scrape());
const LIMITED = "ashlar_metric_series_limited";
const ERRORS = "ashlar_scrape_errors_total";

describe("a family", () => {
  test("counts what comes beyond its limit together, and says so once", async () => {
    const metrics = new Metrics();
    const family = metrics.counters(shouts);
    for (const who of ["a", "b", "c"]) family.with(who).add();
    assert.deepEqual((await scraped(metrics)).series(LIMITED), []);
    for (let index = 0; index < 1000; index++) family.with(`stranger ${index}`).add();
    family.with("a").add();
    const read = await scraped(metrics);
    assert.equal(read.series("ashlar_shouts_total").length, 4);
    assert.equal(read.value("ashlar_shouts_total", { who: "other" }), 1000);
    assert.equal(read.value("ashlar_shouts_total", { who: "a" }), 2);
    assert.deepEqual(read.series(LIMITED), [
      { name: LIMITED, labels: { metric: "ashlar_shouts_total" }, value: 1 },
    ]);
  });

  test("does not take two label values for one because of how they are joined", () => {
    const metrics = new Metrics();
    const pairs = metrics.counters({ ...shouts, labels: ["a", "b"] });
    assert.notEqual(pairs.with('x","y', "z"), pairs.with("x", 'y","z'));
    assert.equal(pairs.with("x", "y"), pairs.with("x", "y"));
  });

  test("refuses label values that are too few, too many, or of another type of metric", () => {
    const metrics = new Metrics();
    assert.throws(() => metrics.counters(shouts).with(), /takes 1 label values \(who\), not 0/);
    assert.throws(() => metrics.counters(shouts).with("a", "b"), /not 2/);
    assert.throws(() => metrics.counters(depth), /ashlar_depth is a gauge, not a counter/);
    assert.throws(() => metrics.readings(shouts), /counted in one place and read in another/);
  });

  test("that has the name of 'other' among its own stays one series", async () => {
    const metrics = new Metrics();
    const family = metrics.counters(shouts);
    for (const who of ["other", "b", "c", "d", "e"]) family.with(who).add();
    const read = await scraped(metrics);
    assert.equal(read.value("ashlar_shouts_total", { who: "other" }), 3);
  });
});

describe("a reading", () => {
  test("is read at every scrape until it is taken away", async () => {
    const metrics = new Metrics();
    let value = 1;
    const remove = metrics.readings(depth).add(["here"], () => value);
    assert.equal((await scraped(metrics)).value("ashlar_depth"), 1);
    value = 2;
    assert.equal((await scraped(metrics)).value("ashlar_depth"), 2);
    remove();
    assert.equal((await scraped(metrics)).value("ashlar_depth"), undefined);
  });

  test("is not taken away by who was replaced", async () => {
    const metrics = new Metrics();
    const remove = metrics.readings(depth).add(["here"], () => 1);
    metrics.readings(depth).add(["here"], () => 2);
    remove();
    assert.equal((await scraped(metrics)).value("ashlar_depth"), 2);
  });

  test("that throws is left out and counted, and the others are there", async () => {
    const metrics = new Metrics();
    metrics.readings(depth).add(["broken"], () => {
      throw new Error("planted");
    });
    metrics.readings(depth).add(["sound"], () => 5);
    const read = await scraped(metrics);
    assert.deepEqual(
      read.series("ashlar_depth").map(({ labels, value }) => [labels.place, value]),
      [["sound", 5]],
    );
    assert.equal(read.value(ERRORS, { source: "ashlar_depth" }), 1);
  });
});

describe("a source", () => {
  const sample = (value: number): Sample[] => [{ metric: depth, labels: ["there"], value }];

  test("is asked once for many scrapes", async () => {
    const metrics = new Metrics();
    let asked = 0;
    metrics.source("places", async () => sample(++asked));
    await Promise.all([scraped(metrics), scraped(metrics)]);
    assert.equal((await scraped(metrics)).value("ashlar_depth"), 1);
    assert.equal((await scraped(metrics)).value(ERRORS, { source: "places" }), 0);
  });

  test("is asked again when what it said is old", async () => {
    const metrics = new Metrics();
    let asked = 0;
    metrics.source("places", async () => sample(++asked), { freshMs: 0 });
    await scraped(metrics);
    assert.equal((await scraped(metrics)).value("ashlar_depth"), 2);
  });

  test("that fails costs its own metrics only, and comes back", async () => {
    const metrics = new Metrics();
    let isDown = true;
    metrics.counters(shouts).with("a").add();
    metrics.source(
      "places",
      async () => {
        if (isDown) throw new Error("planted");
        return sample(1);
      },
      { freshMs: 0 },
    );
    const read = await scraped(metrics);
    assert.equal(read.value("ashlar_depth"), undefined);
    assert.equal(read.value("ashlar_shouts_total"), 1);
    assert.equal(read.value(ERRORS, { source: "places" }), 1);
    isDown = false;
    assert.equal((await scraped(metrics)).value("ashlar_depth"), 1);
  });

  test("that fails is not asked again at once", async () => {
    const metrics = new Metrics();
    let asked = 0;
    metrics.source("places", () => {
      asked++;
      return Promise.reject(new Error("planted"));
    });
    await scraped(metrics);
    assert.equal((await scraped(metrics)).value(ERRORS, { source: "places" }), 2);
    assert.equal(asked, 1);
  });

  test("that hangs is waited for no longer than its limit, is not asked twice, and is heard when it answers", async () => {
    const metrics = new Metrics();
    const { promise, resolve } = Promise.withResolvers<Sample[]>();
    let asked = 0;
    metrics.source(
      "places",
      () => {
        asked++;
        return promise;
      },
      { limitMs: 20 },
    );
    const before = performance.now();
    assert.equal((await scraped(metrics)).value("ashlar_depth"), undefined);
    assert.equal((await scraped(metrics)).value(ERRORS, { source: "places" }), 2);
    assert.ok(performance.now() - before < 5_000);
    assert.equal(asked, 1);
    resolve(sample(9));
    assert.equal((await scraped(metrics)).value("ashlar_depth"), 9);
    assert.equal(asked, 1);
  });

  test("that tells of more series than there may be is cut, and it is said", async () => {
    const metrics = new Metrics();
    metrics.source("places", async () =>
      Array.from({ length: 5000 }, (_, index) => ({ metric: depth, labels: [`place ${index}`], value: 1 })),
    );
    const read = await scraped(metrics);
    assert.equal(read.series("ashlar_depth").length, 300);
    assert.equal(read.value(LIMITED, { metric: "ashlar_depth" }), 1);
  });

  test("can be taken away", async () => {
    const metrics = new Metrics();
    const remove = metrics.source("places", async () => sample(1));
    remove();
    assert.equal((await scraped(metrics)).value("ashlar_depth"), undefined);
  });
});

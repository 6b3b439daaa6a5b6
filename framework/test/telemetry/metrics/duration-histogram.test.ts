import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DurationHistogram } from "../../../src/telemetry/index.ts";

/** What a bucket may make of a value: two neighbouring bounds are so far apart. */
const WIDTH = 2 ** (1 / 4);

function histogramOf(durations: readonly number[]): DurationHistogram {
  const histogram = new DurationHistogram();
  for (const ms of durations) histogram.observe(ms);
  return histogram;
}

/** The nearest-rank quantile. */
function exact(durations: readonly number[], q: number): number {
  const sorted = [...durations].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
}

describe("a quantile", () => {
  test("is wrong by less than the width of a bucket", () => {
    const withinBounds = fc.double({ min: 0.1, minExcluded: true, max: 104_857.6, noNaN: true });
    const onBounds = fc.integer({ min: 1, max: 80 }).map((step) => 0.1 * 2 ** (step / 4));
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(withinBounds, fc.double({ min: 0.1, minExcluded: true, max: 50, noNaN: true }), onBounds),
          {
            minLength: 1,
            maxLength: 300,
          },
        ),
        fc.constantFrom(0, 0.01, 0.5, 0.9, 0.99, 1),
        (durations, q) => {
          const ratio = histogramOf(durations).snapshot().quantile(q)! / exact(durations, q);
          assert.ok(
            ratio <= WIDTH * 1.000001 && ratio >= 1 / (WIDTH * 1.000001),
            `off by a factor of ${ratio}`,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test("of many like durations is far closer", () => {
    const durations = Array.from({ length: 10_000 }, (_, index) => 5 + index / 100);
    const snapshot = histogramOf(durations).snapshot();
    for (const q of [0.5, 0.9]) {
      const ratio = snapshot.quantile(q)! / exact(durations, q);
      assert.ok(Math.abs(ratio - 1) < 0.03, `p${q * 100} is off by ${ratio}`);
    }
  });

  test("of nothing is null", () => {
    assert.equal(new DurationHistogram().snapshot().quantile(0.5), null);
  });

  test("of what is shorter or longer than all bounds is at a bound", () => {
    const short = histogramOf([0.0001, 0.05, 0.1]).snapshot();
    for (const q of [0, 0.5, 1]) assert.ok(short.quantile(q)! > 0 && short.quantile(q)! <= 0.1);
    assert.equal(histogramOf([1e9]).snapshot().quantile(0.5), 0.1 * 2 ** 20);
  });
});

describe("a histogram", () => {
  test("takes what is no duration for none", () => {
    const snapshot = histogramOf([-1, Number.NaN, 0]).snapshot();
    assert.equal(snapshot.count, 3);
    assert.equal(snapshot.sumMs, 0);
    assert.equal(snapshot.counts[0], 3);
  });

  test("counts a value on a bound under that bound, one just above in the next", () => {
    for (let step = 0; step <= 80; step++) {
      const bound = 0.1 * 2 ** (step / 4);
      assert.equal(histogramOf([bound]).snapshot().counts[step], 1, `bound ${step}`);
      assert.equal(histogramOf([bound * (1 + 1e-15)]).snapshot().counts[step + 1], 1, `above ${step}`);
    }
  });

  test("tells what came since", () => {
    const histogram = histogramOf([1, 1, 1]);
    const before = histogram.snapshot();
    histogram.observe(400);
    const since = histogram.snapshot().since(before);
    assert.equal(since.count, 1);
    assert.equal(since.sumMs, 400);
    assert.equal(
      since.counts.reduce((total, count) => total + count, 0),
      1,
    );
    assert.ok(Math.abs(since.quantile(0.5)! / 400 - 1) < WIDTH - 1);
    assert.equal(before.count, 3);
  });
});

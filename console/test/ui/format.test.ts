import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countOf,
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatShare,
} from "../../ui/src/elements/format.ts";

test("durations keep two or three digits and their unit", () => {
  const texts: readonly (readonly [number, string])[] = [
    [0, "0 ms"],
    [0.042, "0.04 ms"],
    [3.26, "3.3 ms"],
    [340, "340 ms"],
    [999.6, "1.0 s"],
    [1_240, "1.2 s"],
    [59_960, "1 min"],
    [119_700, "2 min"],
    [245_000, "4 min 5 s"],
    [599_700, "10 min"],
    [3_570_000, "1.0 h"],
    [10_800_000, "3.0 h"],
    [86_400_000, "24 h"],
    [1_036_800_000, "12 d"],
    [-340, "−340 ms"],
  ];
  for (const [ms, text] of texts) assert.equal(formatDuration(ms), text, String(ms));
});

test("counts are grouped and say when they are a bound", () => {
  assert.equal(formatCount(10_000, true), "10,000+");
  assert.equal(countOf(1, "job"), "1 job");
  assert.equal(countOf(1, "job", true), "1+ jobs");
  assert.equal(countOf(0, "job"), "0 jobs");
  assert.equal(countOf(3, "dead delivery"), "3 dead deliveries");
  assert.equal(countOf(1, "delivery"), "1 delivery");
  assert.equal(countOf(2, "day"), "2 days");
});

test("shares, rates and bytes never round something to nothing", () => {
  assert.deepEqual([0, 0.00001, 0.0004, 0.025, 0.314, 1].map(formatShare), [
    "0 %",
    "< 0.01 %",
    "0.04 %",
    "2.5 %",
    "31 %",
    "100 %",
  ]);
  assert.deepEqual([0, 0.001, 0.2, 3.14, 3_100].map(formatRate), [
    "0/s",
    "< 0.01/s",
    "0.20/s",
    "3.1/s",
    "3,100/s",
  ]);
  assert.deepEqual([0, 812, 4_200, 31_000_000, 999_600, 2.5e12].map(formatBytes), [
    "0 B",
    "812 B",
    "4.2 kB",
    "31 MB",
    "1.0 MB",
    "2.5 TB",
  ]);
});

test("moments are told from now, in both directions", () => {
  const now = 1_700_000_000_000;
  assert.equal(formatAgo(now - 1_000, now), "just now");
  assert.equal(formatAgo(now - 59_700, now), "1 min ago");
  assert.equal(formatAgo(now - 7_200_000, now), "2 h ago");
  assert.equal(formatAgo(now + 86_400_000 * 3, now), "in 3 d");
});

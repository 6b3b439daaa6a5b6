import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock, testRandomness } from "../../src/testing/index.ts";

test("a test's clock stands still until it is moved", () => {
  const clock = testClock("2026-03-01T12:00:00Z");
  assert.equal(clock.now().toISOString(), "2026-03-01T12:00:00.000Z");
  clock.advance(90_000);
  assert.equal(clock.now().toISOString(), "2026-03-01T12:01:30.000Z");
  clock.set(new Date("2026-02-28T23:59:59.999Z"));
  assert.equal(clock.now().toISOString(), "2026-02-28T23:59:59.999Z");
});

test("a clock without a start agrees with the world", () => {
  const clock = testClock();
  assert.ok(Math.abs(clock.now().getTime() - Date.now()) < 10_000);
});

test("what is no instant is refused", () => {
  assert.throws(() => testClock("tomorrow"), /"?tomorrow"? is no instant/);
});

test("randomness repeats for the same seed only, and never within one", () => {
  const draw = (seed: string) => {
    const randomness = testRandomness(seed);
    return [16, 16, 0, 100].map((size) => randomness.bytes(size).toString("hex"));
  };
  assert.deepEqual(draw("a"), draw("a"));
  assert.notDeepEqual(draw("a"), draw("b"));
  const [first, second, none, long] = draw("a");
  assert.notEqual(first, second);
  assert.equal(none, "");
  assert.equal(long!.length, 200);
  assert.notEqual(long!.slice(0, 64), long!.slice(64, 128));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Attempts, afterFailure, secondsToWait } from "../src/throttle.ts";

const START = new Date("2026-03-01T12:00:00Z");
const NONE: Attempts = { failures: 0, blockedUntil: null, forgetAt: START };

function later(from: Date, seconds: number): Date {
  return new Date(from.getTime() + seconds * 1_000);
}

/** The state after so many failures, each as soon as it is let through. */
function failing(times: number): { attempts: Attempts; now: Date } {
  let attempts = NONE;
  let now = START;
  for (let count = 0; count < times; count++) {
    now = later(now, secondsToWait(attempts, now));
    attempts = afterFailure(attempts, now);
  }
  return { attempts, now };
}

test("four failures block nothing", () => {
  const { attempts, now } = failing(4);
  assert.equal(secondsToWait(attempts, now), 0);
});

test("the fifth failure blocks for 30 seconds, and each further one for twice as long, up to 15 minutes", () => {
  const waits = [5, 6, 7, 8, 9, 10, 11, 60].map((times) => {
    const { attempts, now } = failing(times);
    return secondsToWait(attempts, now);
  });
  assert.deepEqual(waits, [30, 60, 120, 240, 480, 900, 900, 900]);
});

test("a block ends at its second and not before", () => {
  const { attempts, now } = failing(5);
  assert.equal(secondsToWait(attempts, new Date(later(now, 30).getTime() - 1)), 1);
  assert.equal(secondsToWait(attempts, later(now, 30)), 0);
});

test("fifteen quiet minutes start anew, fourteen do not", () => {
  const { attempts, now } = failing(4);
  assert.equal(afterFailure(attempts, later(now, 14 * 60)).failures, 5);
  assert.equal(afterFailure(attempts, later(now, 15 * 60)).failures, 1);
});

test("the quiet time is counted from the end of a block", () => {
  const { attempts, now } = failing(10);
  assert.equal(afterFailure(attempts, later(now, 900 + 899)).failures, 11);
  assert.equal(afterFailure(attempts, later(now, 900 + 900)).failures, 1);
});

test("whatever the pace, at most ten guesses get through in any first quarter of an hour", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 200 }), (pauses) => {
      let attempts = NONE;
      let now = START;
      let through = 0;
      for (const pause of pauses) {
        now = later(now, pause);
        if (now.getTime() - START.getTime() >= 15 * 60_000) break;
        if (secondsToWait(attempts, now) > 0) continue;
        through++;
        attempts = afterFailure(attempts, now);
      }
      assert.ok(through <= 10, `${through} guesses got through`);
    }),
    { numRuns: 200 },
  );
});

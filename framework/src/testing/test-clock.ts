import type { Clock } from "../module/index.ts";

/** A clock that stands still until a test moves it. Deadlines do not follow it: they are about real waiting. */
export interface TestClock extends Clock {
  /** Puts the clock at an instant, back or forth. */
  set(instant: Date | string): void;
  /** Moves the clock forward by so many milliseconds. */
  advance(ms: number): void;
}

/** Starts at the present second unless told, so that it agrees with Postgres' own `now()`. */
export function testClock(start?: Date | string): TestClock {
  let time = start === undefined ? Math.floor(Date.now() / 1000) * 1000 : timeOf(start);
  return {
    now: () => new Date(time),
    set(instant) {
      time = timeOf(instant);
    },
    advance(ms) {
      time += ms;
    },
  };
}

function timeOf(instant: Date | string): number {
  const time = new Date(instant).getTime();
  if (Number.isNaN(time))
    throw new RangeError(`${String(instant)} is no instant; write 2026-03-01T12:00:00Z.`);
  return time;
}

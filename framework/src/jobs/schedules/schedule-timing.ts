import { Cron } from "croner";
import type { ScheduleTiming } from "../declaration.ts";

/** Most jobs that one schedule makes up for at once; of more missed times the latest are kept. */
export const MOST_CAUGHT_UP = 1000;

const SHORTEST_INTERVAL_MS = 100;
const SECOND_MS = 1000;

/** What decides the next time; `catchUp` does not, so a change of it leaves the next time alone. */
export type StoredTiming = Pick<ScheduleTiming, "cron" | "timeZone" | "everyMs">;

export function storedTiming({ cron, timeZone, everyMs }: ScheduleTiming): StoredTiming {
  return cron === undefined ? { everyMs: everyMs! } : { cron, timeZone: timeZone ?? "UTC" };
}

/** What is wrong with a timing, each as the rest of a sentence about the schedule; empty when it can be used. */
export function timingFaults(timing: ScheduleTiming): string[] {
  const { cron, timeZone, everyMs } = timing;
  if (cron === undefined && everyMs === undefined) return ["has neither cron nor everyMs; give one of them"];
  if (cron !== undefined && everyMs !== undefined) return ["has both cron and everyMs; keep one of them"];
  if (everyMs !== undefined) {
    const faults: string[] = [];
    if (!Number.isSafeInteger(everyMs) || everyMs < SHORTEST_INTERVAL_MS) {
      faults.push(
        `has everyMs ${everyMs}; it must be a whole number of milliseconds from ${SHORTEST_INTERVAL_MS} on`,
      );
    }
    if (timeZone !== undefined) faults.push("has a timeZone beside everyMs, which means nothing; remove it");
    return faults;
  }
  return cronFaults(cron!, timeZone ?? "UTC");
}

function cronFaults(cron: string, timeZone: string): string[] {
  const faults: string[] = [];
  if (!isTimeZone(timeZone)) {
    faults.push(`has timeZone ${JSON.stringify(timeZone)}, which is no IANA name such as "Europe/Berlin"`);
  }
  const fields = cron.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6) {
    faults.push(`has cron ${JSON.stringify(cron)}; it must have five fields, or six with seconds first`);
    return faults;
  }
  try {
    if (new Cron(cron, { paused: true, timezone: "UTC" }).nextRun() === null) {
      faults.push(`has cron ${JSON.stringify(cron)}, a time that never comes`);
    }
  } catch (error) {
    const reason = (error as Error).message.replace(/^CronPattern: /, "");
    faults.push(`has cron ${JSON.stringify(cron)}, which cannot be read: ${reason}`);
  }
  return faults;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * The first time of the timing after `after`. An interval is counted from `anchor`, one of its times.
 *
 * In a time zone that skips an hour, a time of day inside it comes at the end of the gap; one that a clock shows twice
 * comes once, the first time. What runs every so many minutes runs through both.
 */
export function nextTime(timing: StoredTiming, anchor: Date, after: Date): Date {
  const { everyMs } = timing;
  if (everyMs !== undefined) {
    const steps = Math.floor((after.getTime() - anchor.getTime()) / everyMs) + 1;
    return new Date(anchor.getTime() + steps * everyMs);
  }
  const next = cronOf(timing).nextRun(after);
  // Boot refuses what never comes; the end of the calendar is all that is left.
  return next ?? new Date("9999-12-31T23:59:59Z");
}

export interface DueTimes {
  /** Oldest first. */
  readonly times: readonly Date[];
  readonly nextAt: Date;
}

/**
 * What to enqueue at `now` for a schedule whose next time was `nextAt`. Times from `runningSince` on, when the first
 * of the instances that now run had started, are merely late: each of them counts. Those before were missed, and
 * `catchUp` says what becomes of them. `runningSince` null: all were.
 */
export function dueTimes(
  timing: StoredTiming,
  catchUp: NonNullable<ScheduleTiming["catchUp"]>,
  nextAt: Date,
  now: Date,
  runningSince: Date | null,
): DueTimes {
  const upcoming = nextTime(timing, nextAt, now);
  if (nextAt > now) return { times: [], nextAt };
  const from = runningSince === null || runningSince > now ? after(now) : later(runningSince, nextAt);
  const late = latestTimes(timing, nextAt, from, now, MOST_CAUGHT_UP);
  const wanted = { one: 1, all: MOST_CAUGHT_UP - late.length, none: 0 }[catchUp];
  const missed = wanted <= 0 ? [] : latestTimes(timing, nextAt, nextAt, before(from), wanted);
  return { times: [...missed, ...late], nextAt: upcoming };
}

/**
 * The last `most` times between `from` and `to`, both included. Looks back from `to` in growing steps, so that a year
 * of seconds costs no more than the times that are wanted.
 */
function latestTimes(timing: StoredTiming, anchor: Date, from: Date, to: Date, most: number): Date[] {
  if (from > to) return [];
  for (let span = (timing.everyMs ?? SECOND_MS) * most; ; span *= 4) {
    const start = Math.max(from.getTime(), to.getTime() - span);
    const times: Date[] = [];
    let time = nextTime(timing, anchor, new Date(start - 1));
    for (; time <= to; time = nextTime(timing, anchor, time)) times.push(time);
    if (times.length >= most || start <= from.getTime()) return times.slice(-most);
  }
}

const after = (time: Date) => new Date(time.getTime() + 1);
const before = (time: Date) => new Date(time.getTime() - 1);
const later = (one: Date, other: Date) => (one > other ? one : other);

/** Reading an expression costs as much as fifty next times. */
const crons = new Map<string, Cron>();

function cronOf({ cron, timeZone }: StoredTiming): Cron {
  const key = `${cron} ${timeZone}`;
  let found = crons.get(key);
  if (found === undefined) {
    found = new Cron(cron!, { paused: true, timezone: timeZone ?? "UTC" });
    crons.set(key, found);
  }
  return found;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  dueTimes,
  MOST_CAUGHT_UP,
  nextTime,
  timingFaults,
} from "../../../src/jobs/schedules/schedule-timing.ts";

const berlin = (cron: string) => ({ cron, timeZone: "Europe/Berlin" });

function timesAfter(timing: Parameters<typeof nextTime>[0], after: string, count: number): string[] {
  let time = new Date(after);
  return Array.from({ length: count }, () => {
    time = nextTime(timing, time, time);
    return time.toISOString().slice(0, 16);
  });
}

test("a cron expression is read in its time zone, in summer and in winter", () => {
  assert.deepEqual(timesAfter(berlin("0 3 * * *"), "2026-10-24T12:00:00Z", 2), [
    "2026-10-25T02:00",
    "2026-10-26T02:00",
  ]);
  assert.deepEqual(timesAfter(berlin("0 3 * * *"), "2026-03-27T12:00:00Z", 2), [
    "2026-03-28T02:00",
    "2026-03-29T01:00",
  ]);
});

test("a time of day in the hour that is skipped comes at the end of the gap, once", () => {
  assert.deepEqual(timesAfter(berlin("30 2 * * *"), "2026-03-28T12:00:00Z", 2), [
    "2026-03-29T01:00",
    "2026-03-30T00:30",
  ]);
});

test("a time of day in the hour that is repeated comes once, the first time", () => {
  assert.deepEqual(timesAfter(berlin("30 2 * * *"), "2026-10-24T12:00:00Z", 2), [
    "2026-10-25T00:30",
    "2026-10-26T01:30",
  ]);
  // Asked from within the repeated hour, between the two half past two.
  assert.deepEqual(timesAfter(berlin("30 2 * * *"), "2026-10-25T00:45:00Z", 1), ["2026-10-26T01:30"]);
});

test("what runs every half hour runs through both changes without a gap", () => {
  for (const day of ["2026-03-28T23:45:00Z", "2026-10-24T23:45:00Z"]) {
    let time = nextTime(berlin("*/30 * * * *"), new Date(day), new Date(day));
    for (let step = 0; step < 12; step++) {
      const next = nextTime(berlin("*/30 * * * *"), time, time);
      assert.equal(next.getTime() - time.getTime(), 30 * 60_000, `after ${time.toISOString()}`);
      time = next;
    }
  }
});

test("six fields begin with the second", () => {
  assert.deepEqual(
    nextTime({ cron: "*/10 * * * * *" }, new Date(0), new Date("2026-01-01T00:00:09.999Z")).toISOString(),
    "2026-01-01T00:00:10.000Z",
  );
});

test("an interval stays on its anchor, however late it is looked at", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 100_000_000 }),
      fc.integer({ min: 0, max: 10_000_000_000 }),
      fc.integer({ min: 0, max: 10_000_000_000 }),
      (everyMs, anchor, late) => {
        const next = nextTime({ everyMs }, new Date(anchor), new Date(anchor + late)).getTime();
        assert.equal((next - anchor) % everyMs, 0);
        assert.ok(next > anchor + late && next <= anchor + late + everyMs);
      },
    ),
  );
});

const minutely = { cron: "* * * * *", timeZone: "UTC" };
const at = (time: string) => new Date(`2026-05-04T${time}Z`);
const clockOf = (times: readonly Date[]) => times.map((time) => time.toISOString().slice(11, 19));

test("times that were missed are made up for as the policy says", () => {
  const missed = (catchUp: "one" | "all" | "none") =>
    dueTimes(minutely, catchUp, at("10:00:00"), at("10:03:30"), null);
  assert.deepEqual(clockOf(missed("one").times), ["10:03:00"]);
  assert.deepEqual(clockOf(missed("all").times), ["10:00:00", "10:01:00", "10:02:00", "10:03:00"]);
  assert.deepEqual(clockOf(missed("none").times), []);
  for (const policy of ["one", "all", "none"] as const) {
    assert.deepEqual(missed(policy).nextAt, at("10:04:00"));
  }
});

test("times that came while an instance ran are late and not missed: each of them counts", () => {
  const due = (catchUp: "one" | "all" | "none") =>
    clockOf(dueTimes(minutely, catchUp, at("10:00:00"), at("10:04:30"), at("10:03:00")).times);
  assert.deepEqual(due("none"), ["10:03:00", "10:04:00"]);
  assert.deepEqual(due("one"), ["10:02:00", "10:03:00", "10:04:00"]);
  assert.deepEqual(due("all"), ["10:00:00", "10:01:00", "10:02:00", "10:03:00", "10:04:00"]);
});

test("nothing is due before its time", () => {
  assert.deepEqual(dueTimes(minutely, "all", at("10:00:00"), at("09:59:59"), null), {
    times: [],
    nextAt: at("10:00:00"),
  });
});

test("of a year of missed seconds the latest thousand are made up for", () => {
  const { times, nextAt } = dueTimes(
    { cron: "* * * * * *", timeZone: "UTC" },
    "all",
    new Date("2025-05-04T10:00:00Z"),
    at("10:00:00"),
    null,
  );
  assert.equal(times.length, MOST_CAUGHT_UP);
  assert.deepEqual(times.at(-1), at("10:00:00"));
  assert.deepEqual(times[0], at("09:43:21"));
  assert.deepEqual(nextAt, at("10:00:01"));
});

test("however the looks are spread over time, each time is enqueued once", () => {
  const timing = fc.oneof(
    fc.constantFrom(
      { cron: "*/7 * * * *", timeZone: "Europe/Berlin" },
      { cron: "30 2 * * *", timeZone: "Europe/Berlin" },
      { cron: "15 */3 * * *", timeZone: "Australia/Lord_Howe" },
    ),
    fc.integer({ min: 60_000, max: 7_200_000 }).map((everyMs) => ({ everyMs })),
  );
  const start = new Date("2026-10-24T00:00:00Z");
  const looks = fc.array(fc.integer({ min: 1, max: 4 * 3_600_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(timing, looks, (each, steps) => {
      let nextAt = nextTime(each, start, start);
      const first = nextAt;
      let now = start;
      const enqueued: number[] = [];
      for (const step of steps) {
        now = new Date(now.getTime() + step);
        const due = dueTimes(each, "none", nextAt, now, start);
        enqueued.push(...due.times.map((time) => time.getTime()));
        nextAt = due.nextAt;
      }
      const expected: number[] = [];
      for (let time = first; time <= now; time = nextTime(each, first, time)) expected.push(time.getTime());
      assert.deepEqual(enqueued, expected);
    }),
    { numRuns: 60 },
  );
});

test("a timing that cannot be is refused with its reason", () => {
  const faultOf = (timing: Parameters<typeof timingFaults>[0]) => timingFaults(timing).join("\n");
  assert.match(faultOf({}), /neither cron nor everyMs/);
  assert.match(faultOf({ cron: "* * * * *", everyMs: 1000 }), /both cron and everyMs/);
  assert.match(faultOf({ cron: "61 * * * *" }), /cron "61 \* \* \* \*", which cannot be read: .*minute/);
  assert.match(faultOf({ cron: "* * *" }), /five fields, or six/);
  assert.match(faultOf({ cron: "2026-01-01T00:00:00" }), /five fields, or six/);
  assert.match(faultOf({ cron: "@daily" }), /five fields, or six/);
  assert.match(faultOf({ cron: "0 0 31 2 *" }), /never comes/);
  assert.match(
    faultOf({ cron: "0 3 * * *", timeZone: "Mars/Olympus" }),
    /"Mars\/Olympus", which is no IANA name/,
  );
  assert.match(faultOf({ everyMs: 50 }), /everyMs 50; it must be a whole number/);
  assert.match(faultOf({ everyMs: 1000.5 }), /everyMs 1000\.5/);
  assert.match(faultOf({ everyMs: 1000, timeZone: "UTC" }), /timeZone beside everyMs/);
  assert.equal(timingFaults({ cron: "61 * * * *", timeZone: "Mars/Olympus" }).length, 2);
  assert.deepEqual(timingFaults({ cron: "0 3 * * *", timeZone: "Europe/Berlin" }), []);
  assert.deepEqual(timingFaults({ everyMs: 60_000 }), []);
});

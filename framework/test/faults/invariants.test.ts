// A check that cannot fail proves nothing: each finds the faults that are planted here, and nothing in what is right.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countedAttempts,
  type EndedJob,
  foldOf,
  type Ledger,
  lostJobs,
  type Published,
  type Received,
  wrongDeaths,
  wrongDeliveries,
  wrongEffects,
  wrongOrder,
  wrongTicks,
  wrongTimes,
  wrongTotals,
} from "./invariants.ts";

const completed = (id: number, attempt = 1): EndedJob => ({ id, state: "completed", attempt, code: null });
const dead = (id: number, code: string): EndedJob => ({ id, state: "dead", attempt: 2, code });

const right: Ledger = {
  enqueued: [1, 2, 3],
  unfinished: [],
  ended: [completed(1), completed(2, 2), dead(3, "A")],
  effects: [
    { job: 1, attempt: 1 },
    { job: 2, attempt: 2 },
  ],
};

test("jobs that are lost, left or ended twice are found", () => {
  assert.deepEqual(lostJobs(right), []);
  assert.deepEqual(lostJobs({ ...right, enqueued: [1, 2, 3, 4] }), ["job 4 is lost"]);
  assert.deepEqual(lostJobs({ ...right, enqueued: [...right.enqueued, 4], unfinished: [4] }), [
    "job 4 is not done",
  ]);
  assert.deepEqual(lostJobs({ ...right, ended: [...right.ended, completed(1, 2)] }), ["job 1 ended 2 times"]);
  assert.deepEqual(lostJobs({ ...right, unfinished: [1] }), [
    "job 1 is not done",
    "job 1 ended and is still there",
  ]);
});

test("effects that are missing, doubled or of the wrong attempt are found", () => {
  const check = (change: Partial<Ledger>) => wrongEffects({ ...right, ...change }, [1, 2]);
  assert.deepEqual(check({}), []);
  assert.deepEqual(check({ effects: right.effects.slice(1) }), ["job 1 had 0 effects"]);
  assert.deepEqual(check({ effects: [...right.effects, { job: 1, attempt: 1 }] }), ["job 1 had 2 effects"]);
  // Of a worker that was thought dead and wrote on after its job had been given to another.
  assert.deepEqual(check({ ended: [completed(1, 2), completed(2, 2)] }), [
    "job 1 ended with attempt 2, but 1 had the effect",
  ]);
  assert.deepEqual(check({ ended: [dead(1, "A"), completed(2, 2)] }), [
    "job 1 is dead",
    "job 1 ended with attempt 2, but 1 had the effect",
  ]);
});

test("deaths that should not have been, or of another cause, are found", () => {
  assert.deepEqual(wrongDeaths(right, new Map([[3, "A"]])), []);
  assert.deepEqual(wrongDeaths(right, new Map([[3, "B"]])), ["job 3 died of A, not of B"]);
  assert.deepEqual(wrongDeaths(right, new Map()), ["job 3 should not have died"]);
  assert.deepEqual(wrongDeaths({ ...right, effects: [{ job: 3, attempt: 1 }] }, new Map([[3, "A"]])), [
    "job 3 should never have had an effect",
  ]);
  assert.deepEqual(
    wrongDeaths(
      right,
      new Map([
        [1, "A"],
        [3, "A"],
        [9, "A"],
      ]),
    ),
    [
      "job 1 should be dead, not completed",
      "job 1 should never have had an effect",
      "job 9 should be dead, not unfinished",
    ],
  );
});

test("an attempt that was counted though it was released is found", () => {
  assert.deepEqual(countedAttempts({ ...right, ended: [completed(1), completed(2, 2)] }), [
    "job 2 took 2 attempts",
  ]);
});

const published: Published[] = [
  { id: 1, key: "a", number: 1 },
  { id: 2, key: "b", number: 1 },
  { id: 3, key: "a", number: 2 },
];
const received: Received[] = published.map(({ id, ...event }) => ({ ...event, event: id, subscriber: "s" }));

test("events that are lost, doubled or invented are found", () => {
  assert.deepEqual(wrongDeliveries(published, received, ["s"]), []);
  assert.deepEqual(wrongDeliveries(published, received.slice(1), ["s"]), ["event 1 never reached s"]);
  assert.deepEqual(wrongDeliveries(published, [...received, received[0]!], ["s"]), [
    "event 1 was taken in 2 times by s",
  ]);
  assert.deepEqual(wrongDeliveries([...published, published[1]!], received, ["s"]), [
    "event 2 is there 2 times",
  ]);
  assert.deepEqual(wrongDeliveries(published.slice(1), received, ["s"]), [
    "s took in event 1, which nobody published",
  ]);
});

test("events of a key that overtake each other are found", () => {
  assert.deepEqual(wrongOrder(received), []);
  assert.deepEqual(wrongOrder(received.toReversed()), ["of a, 2 follows 0", "of a, 1 follows 2"]);
  assert.deepEqual(wrongOrder([...received, { key: "a", number: 4 }]), ["of a, 4 follows 2"]);
});

test("a state that another order or number of deliveries led to is found", () => {
  assert.deepEqual(
    foldOf(published),
    new Map([
      ["a", 33],
      ["b", 1],
    ]),
  );
  assert.deepEqual(wrongTotals(published, foldOf(published)), []);
  const swapped = foldOf([...published].map((event) => ({ ...event, id: -event.id })));
  assert.deepEqual(wrongTotals(published, swapped), ["a comes to 63, not 33"]);
  const doubled = foldOf([...published, published[1]!]);
  assert.deepEqual(wrongTotals(published, doubled), ["b comes to 32, not 1"]);
});

test("a schedule that came round twice, late, not at all or not to the end is found", () => {
  const expected = { schedules: ["s"], everyMs: 500, until: 2_000 };
  const at = (...times: number[]) => times.map((time) => ({ schedule: "s", at: time }));
  assert.deepEqual(wrongTicks(at(500, 1_000, 1_500, 2_000), expected), []);
  assert.deepEqual(wrongTicks(at(500, 1_000, 1_000, 1_500, 2_000), expected), ["s came round twice at 1000"]);
  assert.deepEqual(wrongTicks(at(500, 1_500, 2_000), expected), [
    "s came round 1000 ms after its last time, at 1500",
  ]);
  assert.deepEqual(wrongTicks(at(500, 1_000, 1_500), expected), ["s stopped at 1500"]);
  assert.deepEqual(wrongTicks([], expected), ["s never came round"]);
});

test("what ran before its time or long after it is found", () => {
  const timed = (ranAt: number) => [{ what: "job 1", dueAt: 1_000, ranAt }];
  assert.deepEqual(wrongTimes(timed(1_200), 500), []);
  assert.deepEqual(wrongTimes(timed(999), 500), ["job 1 ran 1 ms early"]);
  assert.deepEqual(wrongTimes(timed(3_601_000), 500), ["job 1 ran 3600000 ms late"]);
});

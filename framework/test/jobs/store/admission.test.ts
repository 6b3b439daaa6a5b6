import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Applicant, decideAdmission, type RateState } from "../../../src/jobs/store/admission.ts";

const keys = fc.constantFrom("a", "b", null);
const applicants = fc
  .array(fc.record({ limitKey: keys, rateKey: keys, orderKey: keys }), { maxLength: 30 })
  .map((all) => all.map((each, index): Applicant => ({ id: index + 1, ...each })));
const limit = fc.record({ maximum: fc.integer({ min: 1, max: 5 }), inside: fc.integer({ min: 0, max: 6 }) });
const rate = fc.record({
  maximum: fc.integer({ min: 1, max: 10 }),
  perMs: fc.integer({ min: 1, max: 100_000 }),
});
const NOW = 1_700_000_000_000;

describe("admission", () => {
  it("settles each job one way, exceeds no limit and takes no job out of its turn", () => {
    const states = fc.record({
      limits: fc.record({ a: limit, b: limit }),
      turns: fc.record({
        a: fc.record({
          head: fc.option(fc.integer({ min: 1, max: 30 })),
          inside: fc.integer({ min: 0, max: 1 }),
        }),
        b: fc.record({ head: fc.option(fc.integer({ min: 1, max: 30 })), inside: fc.constant(0) }),
      }),
      rate,
    });
    fc.assert(
      fc.property(applicants, states, (jobs, given) => {
        const limits = new Map(Object.entries(given.limits));
        const turns = new Map(Object.entries(given.turns));
        const before: RateState = { ...given.rate, arrivalMs: null, waitingUntilMs: null };
        const { admitted, parked } = decideAdmission(jobs, {
          nowMs: NOW,
          limits,
          turns,
          rates: new Map([
            ["a", before],
            ["b", before],
          ]),
        });
        const all = [...admitted, ...parked.map(({ id }) => id)].sort((a, b) => a - b);
        assert.deepEqual(
          all,
          jobs.map(({ id }) => id),
        );
        const started = jobs.filter(({ id }) => admitted.includes(id));
        for (const [key, { maximum, inside }] of limits) {
          const entered = started.filter(({ limitKey }) => limitKey === key).length;
          assert.ok(entered === 0 || inside + entered <= maximum);
        }
        for (const [key, { head, inside }] of turns) {
          const inTurn = started.filter(({ orderKey }) => orderKey === key);
          assert.ok(inTurn.length === 0 || (inside === 0 && inTurn.length === 1 && inTurn[0]?.id === head));
        }
        for (const key of ["a", "b"]) {
          assert.ok(started.filter(({ rateKey }) => rateKey === key).length <= given.rate.maximum);
        }
        assert.ok(parked.every(({ untilMs }) => untilMs === null || untilMs > NOW));
      }),
      { numRuns: 500 },
    );
  });

  it("wastes nothing: a job that no limit holds up starts", () => {
    fc.assert(
      fc.property(applicants, (jobs) => {
        const { admitted } = decideAdmission(jobs, {
          nowMs: NOW,
          limits: new Map(),
          rates: new Map(),
          turns: new Map(),
        });
        assert.deepEqual(
          admitted,
          jobs.map(({ id }) => id),
        );
      }),
    );
  });

  it("starts no more in any window than the rate and one burst allow, whatever pauses lie between", () => {
    const waits = fc.array(
      fc.record({ ms: fc.integer({ min: 0, max: 300_000 }), jobs: fc.integer({ min: 1, max: 12 }) }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(rate, waits, (given, rounds) => {
        let state: RateState = { ...given, arrivalMs: null, waitingUntilMs: null };
        let nowMs = NOW;
        const starts: number[] = [];
        for (const { ms, jobs } of rounds) {
          nowMs += ms;
          const { admitted, rates } = decideAdmission(
            Array.from({ length: jobs }, (_, index) => ({
              id: index,
              limitKey: null,
              orderKey: null,
              rateKey: "r",
            })),
            { nowMs, limits: new Map(), turns: new Map(), rates: new Map([["r", state]]) },
          );
          state = rates.get("r") ?? state;
          for (const _ of admitted) starts.push(nowMs);
        }
        const interval = given.perMs / given.maximum;
        for (const [first, from] of starts.entries()) {
          for (let last = first; last < starts.length; last++) {
            const count = last - first + 1;
            assert.ok(count <= given.maximum + (starts[last]! - from) / interval + 1e-3);
          }
        }
      }),
    );
  });

  it("calls waiting jobs back at different times, at each of which one of them may start", () => {
    fc.assert(
      fc.property(rate, fc.integer({ min: 2, max: 40 }), (given, count) => {
        let state: RateState = { ...given, arrivalMs: null, waitingUntilMs: null };
        const jobs = Array.from({ length: count }, (_, id) => ({
          id,
          limitKey: null,
          orderKey: null,
          rateKey: "r",
        }));
        const decide = (some: readonly Applicant[], nowMs: number) => {
          const decision = decideAdmission(some, {
            nowMs,
            limits: new Map(),
            turns: new Map(),
            rates: new Map([["r", state]]),
          });
          state = decision.rates.get("r") ?? state;
          return decision;
        };
        const { parked } = decide(jobs, NOW);
        for (const { id, untilMs } of parked) {
          // A thousandth of a millisecond is what the database keeps.
          assert.deepEqual(decide([jobs[id]!], untilMs! + 0.001).admitted, [id]);
        }
      }),
    );
  });
});

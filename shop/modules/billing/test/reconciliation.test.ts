import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ProviderTransaction } from "../src/payment-provider.ts";
import {
  type ComparedPayment,
  dayAfter,
  dayOf,
  differencesOf,
  isDay,
  type StrayEntry,
} from "../src/reconciliation.ts";

const kept: ComparedPayment = {
  id: "p1",
  orderId: "o1",
  state: "captured",
  currency: "USD",
  amount: 500,
  isCredited: false,
  isOfBefore: true,
  isCapturedOnDay: true,
  isRefundedOnDay: false,
  bookedPayment: 500,
  bookedRefund: null,
};
const refunded: ComparedPayment = { ...kept, state: "refunded", isRefundedOnDay: true, bookedRefund: -500 };
const capture: ProviderTransaction = {
  id: "c1",
  kind: "capture",
  reference: "p1",
  amount: 500,
  currency: "USD",
};
const refund: ProviderTransaction = { ...capture, id: "r1", kind: "refund" };

function kinds(
  payments: ComparedPayment[],
  ofDay: ProviderTransaction[],
  parts: { beside?: ProviderTransaction[]; strays?: StrayEntry[] } = {},
): string[] {
  const { beside = [], strays = [] } = parts;
  return differencesOf({ ofDay, around: [...ofDay, ...beside] }, payments, strays).map(({ kind }) => kind);
}

describe("the comparison of a day", () => {
  it("finds nothing where all agree", () => {
    assert.deepEqual(kinds([kept], [capture]), []);
    assert.deepEqual(kinds([refunded], [capture, refund]), []);
    assert.deepEqual(kinds([], []), []);
  });

  it("finds nothing in a capture that was recorded after midnight, on either day", () => {
    assert.deepEqual(kinds([{ ...kept, isCapturedOnDay: false }], [capture]), []);
    assert.deepEqual(kinds([kept], [], { beside: [capture] }), []);
  });

  it("finds nothing in an invoice of nothing, which the provider never saw", () => {
    assert.deepEqual(kinds([{ ...kept, amount: 0, bookedPayment: 0 }], []), []);
    const gone = { ...refunded, amount: 0, bookedPayment: 0, bookedRefund: 0 };
    assert.deepEqual(kinds([gone], []), []);
  });

  const cases: [
    kind: string,
    payments: ComparedPayment[],
    ofDay: ProviderTransaction[],
    strays?: StrayEntry[],
  ][] = [
    ["unknown_payment", [], [capture]],
    ["capture_not_recorded", [{ ...kept, state: "declined", bookedPayment: null }], [capture]],
    ["capture_not_at_provider", [kept], []],
    ["captured_twice", [kept], [capture, { ...capture, id: "c2" }]],
    ["refund_not_recorded", [kept], [capture, refund]],
    ["refund_not_at_provider", [refunded], [capture]],
    ["amount_differs", [kept], [{ ...capture, amount: 499 }]],
    ["amount_differs", [kept], [{ ...capture, currency: "EUR" }]],
    ["ledger_differs", [{ ...kept, bookedPayment: null }], [capture]],
    ["ledger_differs", [{ ...kept, bookedPayment: 400 }], [capture]],
    ["ledger_differs", [{ ...refunded, bookedRefund: null }], [capture, refund]],
    ["unfounded_entry", [], [], [{ documentId: "d", kind: "payment" }]],
    ["unresolved", [{ ...kept, state: "pending", isCapturedOnDay: false, bookedPayment: null }], []],
    ["unresolved", [{ ...kept, state: "refund_due" }], [capture]],
    ["credited_and_kept", [{ ...kept, isCredited: true }], [capture]],
  ];
  for (const [kind, payments, ofDay, strays = []] of cases) {
    it(`finds ${kind}, and only that`, () => assert.deepEqual(kinds(payments, ofDay, { strays }), [kind]));
  }

  it("does not ask for the end of a payment that has just begun", () => {
    const young = { ...kept, state: "pending" as const, isOfBefore: false, isCapturedOnDay: false };
    assert.deepEqual(kinds([{ ...young, bookedPayment: null }], []), []);
  });

  it("says for people what was expected and found", () => {
    const [found] = differencesOf({ ofDay: [{ ...capture, amount: 499 }], around: [capture] }, [kept]);
    assert.deepEqual(found, {
      kind: "amount_differs",
      reference: "p1",
      orderId: "o1",
      expected: "500 USD",
      found: "capture of 499 USD",
    });
  });
});

describe("days", () => {
  it("follow each other over months and years", () => {
    assert.equal(dayAfter("2026-03-01", -1), "2026-02-28");
    assert.equal(dayAfter("2026-12-31", 1), "2027-01-01");
    assert.equal(dayOf(new Date("2026-03-01T23:59:59.999Z")), "2026-03-01");
  });

  it("are those of the calendar", () => {
    assert.deepEqual(["2026-02-28", "2026-02-30", "2024-02-29"].map(isDay), [true, false, true]);
  });
});

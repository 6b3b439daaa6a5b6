import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { PaymentState } from "../contract/index.ts";
import { type Fact, stepAfter } from "../src/payment.ts";

const STATES: PaymentState[] = ["pending", "captured", "declined", "cancelled", "refund_due", "refunded"];
const FACTS: Fact[] = ["captured", "declined", "not_wanted", "credited", "refunded"];

/** What each fact makes of each state: the state after it, and in brackets what is booked. `-` changes nothing. */
const TABLE: Record<PaymentState, Record<Fact, string>> = {
  pending: {
    captured: "captured [payment]",
    declined: "declined []",
    not_wanted: "cancelled []",
    credited: "-",
    refunded: "refunded [payment,refund]",
  },
  captured: {
    captured: "-",
    declined: "-",
    not_wanted: "-",
    credited: "refund_due []",
    refunded: "refunded [refund]",
  },
  declined: {
    captured: "refund_due [payment]",
    declined: "-",
    not_wanted: "-",
    credited: "-",
    refunded: "refunded [payment,refund]",
  },
  cancelled: {
    captured: "refund_due [payment]",
    declined: "-",
    not_wanted: "-",
    credited: "-",
    refunded: "refunded [payment,refund]",
  },
  refund_due: { captured: "-", declined: "-", not_wanted: "-", credited: "-", refunded: "refunded [refund]" },
  refunded: { captured: "-", declined: "-", not_wanted: "-", credited: "-", refunded: "-" },
};

function told(state: PaymentState, fact: Fact, isCredited: boolean): string {
  const step = stepAfter(state, fact, isCredited);
  return step === null ? "-" : `${step.state} [${step.books}]`;
}

describe("a payment", () => {
  for (const state of STATES) {
    for (const fact of FACTS) {
      it(`that is ${state} and then ${fact} is ${TABLE[state][fact]}`, () => {
        assert.equal(told(state, fact, false), TABLE[state][fact]);
      });
    }
  }

  it("of a credited invoice is never kept, and goes as otherwise in all other cases", () => {
    assert.equal(told("pending", "captured", true), "refund_due [payment]");
    for (const state of STATES) {
      for (const fact of FACTS) {
        if (state !== "pending" || fact !== "captured")
          assert.equal(told(state, fact, true), TABLE[state][fact]);
      }
    }
  });

  it("is published when it is captured and kept, declined, or refunded, and otherwise not", () => {
    const published = (state: PaymentState, fact: Fact, isCredited = false) =>
      stepAfter(state, fact, isCredited)?.publishes ?? null;
    assert.equal(published("pending", "captured"), "paymentCaptured");
    assert.equal(published("pending", "captured", true), null);
    assert.equal(published("pending", "declined"), "paymentDeclined");
    assert.equal(published("cancelled", "captured"), null);
    assert.equal(published("refund_due", "refunded"), "paymentRefunded");
  });

  it("books the money in and out at most once, whatever facts come in whatever order, and says where it is", () => {
    const story = fc.array(fc.record({ fact: fc.constantFrom(...FACTS), isCredited: fc.boolean() }));
    fc.assert(
      fc.property(story, (facts) => {
        let state: PaymentState = "pending";
        let isCredited = false;
        const booked = { payment: 0, refund: 0 };
        for (const { fact, isCredited: credits } of facts) {
          isCredited ||= credits || fact === "credited";
          const step = stepAfter(state, fact, isCredited);
          if (step === null) continue;
          state = step.state;
          for (const kind of step.books) booked[kind]++;
        }
        const hasCome = ["captured", "refund_due", "refunded"].includes(state);
        assert.deepEqual(booked, { payment: hasCome ? 1 : 0, refund: state === "refunded" ? 1 : 0 });
      }),
    );
  });
});

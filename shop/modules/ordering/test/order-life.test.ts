import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { OrderState } from "../contract/index.ts";
import { after, type Happening, type OrderLife } from "../src/order-life.ts";

const STATES: readonly OrderState[] = ["placed", "paid", "cancelled", "expired", "refunded"];
const HAPPENINGS: readonly Happening[] = ["paid", "cancelled", "expired", "refunded"];

/** Every pair that is an arrow, and where it leads. All others change nothing. */
const ARROWS: Readonly<Record<string, OrderState>> = {
  "placed, paid": "paid",
  "placed, cancelled": "cancelled",
  "placed, expired": "expired",
  "paid, cancelled": "cancelled",
  "cancelled, refunded": "refunded",
};

const at = new Date("2026-11-21T11:00:00Z");
const placed: OrderLife = {
  state: "placed",
  placedAt: new Date("2026-11-21T10:00:00Z"),
  expiresAt: new Date("2026-11-21T10:30:00Z"),
  paidAt: null,
  cancelledAt: null,
  expiredAt: null,
  refundedAt: null,
};

describe("the life of an order", () => {
  for (const state of STATES) {
    for (const happening of HAPPENINGS) {
      const next = ARROWS[`${state}, ${happening}`] ?? null;
      it(`${state}, then ${happening}: ${next ?? "nothing changes"}`, () => {
        assert.equal(after({ ...placed, state }, happening, at)?.state ?? null, next);
      });
    }
  }

  it("notes the time of what happened and nothing else", () => {
    assert.deepEqual(after(placed, "paid", at), { ...placed, state: "paid", paidAt: at });
    assert.deepEqual(after(placed, "expired", at), { ...placed, state: "expired", expiredAt: at });
    const cancelled = after(placed, "cancelled", at)!;
    assert.deepEqual(cancelled, { ...placed, state: "cancelled", cancelledAt: at });
    assert.deepEqual(after(cancelled, "refunded", at), { ...cancelled, state: "refunded", refundedAt: at });
  });

  it("is the same however often each thing is told", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...HAPPENINGS), { maxLength: 8 }), (told) => {
        const once = told.reduce(step, placed);
        const thrice = told.flatMap((each) => [each, each, each]).reduce(step, placed);
        assert.deepEqual(thrice, once);
      }),
    );
  });
});

function step(order: OrderLife, happening: Happening): OrderLife {
  return after(order, happening, at) ?? order;
}

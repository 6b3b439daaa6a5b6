import type { PaymentState } from "../contract/index.ts";

/** Something about a payment that was found out, from whichever side. */
export type Fact =
  /** The provider has charged the card. */
  | "captured"
  /** The provider has refused the card. */
  | "declined"
  /** The provider knows of no capture, and the invoice is credited, so there is to be none. */
  | "not_wanted"
  /** The invoice was credited. */
  | "credited"
  /** The provider has given the money back. */
  | "refunded";

/** What a fact makes of a payment. All of it happens in one transaction. */
export interface Step {
  readonly state: PaymentState;
  /** The entries that the ledger gets. */
  readonly books: readonly ("payment" | "refund")[];
  readonly publishes: "paymentCaptured" | "paymentDeclined" | "paymentRefunded" | null;
}

const KEPT: Step = { state: "captured", books: ["payment"], publishes: "paymentCaptured" };
const TO_GIVE_BACK: Step = { state: "refund_due", books: ["payment"], publishes: null };
const GIVEN_BACK: Step = { state: "refunded", books: ["refund"], publishes: "paymentRefunded" };
const CAME_AND_WENT: Step = { ...GIVEN_BACK, books: ["payment", "refund"] };

/**
 * The life of a payment:
 *
 *     pending --> captured ----> refund_due --> refunded
 *       | |  \_____________________^  ^
 *       | +--> declined --------------+
 *       +----> cancelled -------------+
 *
 * - pending: the card is to be charged, or nobody knows yet whether it was.
 * - captured: the money is ours, and the invoice paid.
 * - declined: the card was refused.
 * - cancelled: the invoice was credited before the card was charged.
 * - refund_due: the money is here and not ours: the invoice was credited, or the money came after we had given it up.
 * - refunded: it went back. Final.
 *
 * Job and notices report the same facts, in any order and any number of times. A fact that is known changes nothing,
 * and money that arrives counts whatever was thought of the payment before: it is either kept or given back.
 */
const STEPS: Readonly<Record<PaymentState, Partial<Record<Fact, Step>>>> = {
  pending: {
    captured: KEPT,
    declined: { state: "declined", books: [], publishes: "paymentDeclined" },
    not_wanted: { state: "cancelled", books: [], publishes: null },
    refunded: CAME_AND_WENT,
  },
  captured: {
    credited: { state: "refund_due", books: [], publishes: null },
    refunded: GIVEN_BACK,
  },
  declined: { captured: TO_GIVE_BACK, refunded: CAME_AND_WENT },
  cancelled: { captured: TO_GIVE_BACK, refunded: CAME_AND_WENT },
  refund_due: { refunded: GIVEN_BACK },
  refunded: {},
};

/** What a fact changes; null when it changes nothing. Money for a credited invoice is never kept. */
export function stepAfter(state: PaymentState, fact: Fact, isCredited: boolean): Step | null {
  const step = STEPS[state][fact] ?? null;
  return step === KEPT && isCredited ? TO_GIVE_BACK : step;
}

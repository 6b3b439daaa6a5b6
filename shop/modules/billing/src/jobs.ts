import { closed, Type } from "ashlar/contract";
import { billing } from "../contract/index.ts";
import { job } from "./definition.ts";

const { id: paymentId } = billing.getPayment.input.properties;
const { day } = billing.listReconciliationDifferences.input.properties;

/** Two seconds, four, eight, ... and at most ten minutes: with 30 attempts the provider may be away for three hours. */
const patiently = {
  maxAttempts: 30,
  backoff: (attempt: number) => Math.min(1_000 * 2 ** attempt, 600_000),
};

/** Charges the card of a pending payment. */
export const capturePayment = job("capturePayment", {
  payload: closed({ paymentId }),
  // The provider is asked in it, and no transaction waits for a provider.
  transaction: "none",
  queue: "payments",
  timeoutMs: 60_000,
  ...patiently,
});

/** Gives back the money of a payment that is due for it. */
export const refundPayment = job("refundPayment", {
  payload: closed({ paymentId }),
  transaction: "none",
  queue: "payments",
  timeoutMs: 60_000,
  ...patiently,
});

/** Compares what provider, payments and ledger say about a day: the one before it was scheduled, unless it is given. */
export const reconcile = job("reconcile", {
  payload: closed({ day: Type.Optional(day) }),
  transaction: "none",
  timeoutMs: 600_000,
  ...patiently,
});

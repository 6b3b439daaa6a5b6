import type { PaymentState, ReconciliationDifference } from "../contract/index.ts";
import type { ProviderTransaction } from "./payment-provider.ts";

/** What the provider has of the day that is compared, and of the days beside it. */
export interface ProviderDays {
  readonly ofDay: readonly ProviderTransaction[];
  /**
   * Of the day and its neighbours: a payment is recorded a moment after it was captured, which may be another day.
   */
  readonly around: readonly ProviderTransaction[];
}

/** A payment that has to do with the day: recorded on it, named by the provider on it, or unsettled since. */
export interface ComparedPayment {
  readonly id: string;
  readonly orderId: string;
  readonly state: PaymentState;
  readonly currency: string;
  readonly amount: number;
  /** Whether the order was cancelled or expired, as far as billing knows. */
  readonly isCredited: boolean;
  /** Whether it came into being before the end of the day. */
  readonly isOfBefore: boolean;
  readonly isCapturedOnDay: boolean;
  readonly isRefundedOnDay: boolean;
  /** What the ledger booked on `provider_clearing` for the payment and its refund; null when nothing was booked. */
  readonly bookedPayment: number | null;
  readonly bookedRefund: number | null;
}

/** A booking of a payment or refund that belongs to no payment. */
export interface StrayEntry {
  readonly documentId: string;
  readonly kind: "payment" | "refund";
}

const HAS_MONEY: readonly PaymentState[] = ["captured", "refund_due", "refunded"];

/** All that does not agree. Pure: the rules of the nightly comparison. */
export function differencesOf(
  provider: ProviderDays,
  payments: readonly ComparedPayment[],
  strays: readonly StrayEntry[] = [],
): ReconciliationDifference[] {
  const known = new Map(payments.map((payment) => [payment.id, payment]));
  return [
    ...provider.ofDay.flatMap((transaction) => {
      const payment = known.get(transaction.reference);
      return payment === undefined ? [unknownPayment(transaction)] : recorded(transaction, payment);
    }),
    ...payments.flatMap((payment) => [
      ...atProvider(payment, provider.around),
      ...inLedger(payment),
      ...settled(payment),
    ]),
    ...strays.map(({ documentId, kind }) => ({
      kind: "unfounded_entry" as const,
      reference: documentId,
      orderId: null,
      expected: "no entry",
      found: `an entry of a ${kind}`,
    })),
  ];
}

function unknownPayment(transaction: ProviderTransaction): ReconciliationDifference {
  return {
    kind: "unknown_payment",
    reference: transaction.reference,
    orderId: null,
    expected: "a payment of ours",
    found: `the ${transaction.kind} ${transaction.id} of ${money(transaction)}`,
  };
}

/** What the provider did must be in the payment, with its amount. */
function recorded(transaction: ProviderTransaction, payment: ComparedPayment): ReconciliationDifference[] {
  const { kind } = transaction;
  const isRecorded = kind === "capture" ? HAS_MONEY.includes(payment.state) : payment.state === "refunded";
  const found: ReconciliationDifference[] = [];
  if (!isRecorded) {
    found.push(
      difference(
        `${kind}_not_recorded`,
        payment,
        `${kind} of ${money(transaction)}`,
        `state ${payment.state}`,
      ),
    );
  }
  if (transaction.amount !== payment.amount || transaction.currency !== payment.currency) {
    found.push(difference("amount_differs", payment, money(payment), `${kind} of ${money(transaction)}`));
  }
  return found;
}

/** What the payment says must have happened at the provider, once. */
function atProvider(
  payment: ComparedPayment,
  around: readonly ProviderTransaction[],
): ReconciliationDifference[] {
  // An invoice of nothing is paid without the provider.
  if (payment.amount === 0) return [];
  const count = (kind: ProviderTransaction["kind"]) =>
    around.filter((each) => each.reference === payment.id && each.kind === kind).length;
  const found: ReconciliationDifference[] = [];
  const captures = count("capture");
  if (captures === 0 && payment.isCapturedOnDay) {
    found.push(difference("capture_not_at_provider", payment, `capture of ${money(payment)}`, "none"));
  }
  if (captures > 1) found.push(difference("captured_twice", payment, "1 capture", `${captures} captures`));
  if (count("refund") === 0 && payment.isRefundedOnDay) {
    found.push(difference("refund_not_at_provider", payment, `refund of ${money(payment)}`, "none"));
  }
  return found;
}

function inLedger(payment: ComparedPayment): ReconciliationDifference[] {
  const { state, amount, bookedPayment, bookedRefund } = payment;
  const expected = {
    payment: HAS_MONEY.includes(state) ? amount : null,
    refund: state === "refunded" ? -amount : null,
  };
  // Zero and minus zero are the same amount here.
  const agrees = (wanted: number | null, booked: number | null) =>
    wanted === null || booked === null ? wanted === booked : wanted === booked;
  if (agrees(expected.payment, bookedPayment) && agrees(expected.refund, bookedRefund)) return [];
  const said = (payment: number | null, refund: number | null) =>
    `payment ${payment ?? "not booked"}, refund ${refund ?? "not booked"}`;
  return [
    difference(
      "ledger_differs",
      payment,
      said(expected.payment, expected.refund),
      said(bookedPayment, bookedRefund),
    ),
  ];
}

/** What should have come to an end by now, and money that is not ours. */
function settled(payment: ComparedPayment): ReconciliationDifference[] {
  const { state, isCredited, isOfBefore } = payment;
  const found: ReconciliationDifference[] = [];
  if (isOfBefore && (state === "pending" || state === "refund_due")) {
    found.push(difference("unresolved", payment, "an end", `state ${state}`));
  }
  if (isCredited && state === "captured") {
    found.push(
      difference("credited_and_kept", payment, "a refund", "a credited invoice whose payment is kept"),
    );
  }
  return found;
}

function difference(
  kind: ReconciliationDifference["kind"],
  { id, orderId }: ComparedPayment,
  expected: string,
  found: string,
): ReconciliationDifference {
  return { kind, reference: id, orderId, expected, found };
}

function money({ amount, currency }: { readonly amount: number; readonly currency: string }): string {
  return `${amount} ${currency}`;
}

const DAY_MS = 86_400_000;

/** The instants at which a day (2026-03-01, UTC) begins and ends. */
export function boundsOf(day: string): { readonly from: Date; readonly to: Date } {
  const from = new Date(`${day}T00:00:00Z`);
  return { from, to: new Date(from.getTime() + DAY_MS) };
}

/** The day so many days after another one. */
export function dayAfter(day: string, days: number): string {
  return dayOf(new Date(boundsOf(day).from.getTime() + days * DAY_MS));
}

export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** False for the 30th of February. */
export function isDay(text: string): boolean {
  return dayOf(boundsOf(text).from) === text;
}

import { validator } from "ashlar/contract";
import type { Sql } from "ashlar/module";
import { billing, type Payment, type PaymentState } from "../contract/index.ts";
import type { BillingContext } from "./definition.ts";
import { refundPayment } from "./jobs.ts";
import { book } from "./journal.ts";
import { paymentEntry, refundEntry } from "./ledger.ts";
import { type Fact, type Step, stepAfter } from "./payment.ts";

/** A payment as it is read, with what of its invoice matters to it. */
export interface PaymentRow {
  readonly id: string;
  readonly invoice_id: string;
  readonly order_id: string;
  readonly account_id: string;
  readonly is_credited: boolean;
  readonly state: PaymentState;
  readonly currency: string;
  readonly amount: number;
  readonly card: string | null;
  readonly capture_id: string | null;
  readonly decline_reason: string | null;
  readonly created_at: Date;
  readonly captured_at: Date | null;
  readonly refunded_at: Date | null;
}

const withId = validator(billing.getPayment.input);

/** Whether a reference of the provider can be a payment of ours at all. */
export function isPaymentId(reference: string): boolean {
  return withId.accepts({ id: reference });
}

export async function findPayment(sql: Sql, id: string): Promise<PaymentRow | null> {
  const [row] = await sql<PaymentRow>`
    select payment.id, payment.invoice_id, invoice.order_id, invoice.account_id, payment.state, payment.currency,
      payment.amount, payment.card, payment.capture_id, payment.decline_reason, payment.created_at,
      payment.captured_at, payment.refunded_at,
      exists (select from billing.credit_notes where invoice_id = invoice.id) as is_credited
    from billing.payments payment
    join billing.invoices invoice on invoice.id = payment.invoice_id
    where payment.id = ${id}`;
  return row ?? null;
}

/**
 * Reads a payment under the lock of its invoice, which everything that changes payments or credits the invoice takes
 * first. Two statements: one that waited for a lock would read what was so before it waited.
 */
export async function lockPayment(sql: Sql, id: string): Promise<PaymentRow | null> {
  const [, row] = await Promise.all([
    sql`
      select from billing.invoices
      where id = (select invoice_id from billing.payments where id = ${id}) for no key update`,
    findPayment(sql, id),
  ]);
  return row;
}

/** What the provider said beside the fact itself. */
export interface Particulars {
  readonly captureId?: string;
  readonly refundId?: string;
  readonly declineReason?: string;
}

type Recorder = Pick<BillingContext, "sql" | "now" | "newId" | "publish" | "enqueue">;

/**
 * Records a fact about a payment that `lockPayment` read in this transaction: its state, the ledger, the event and
 * the refund that has become due, together. False when the fact changes nothing.
 */
export async function record(
  context: Recorder,
  payment: PaymentRow,
  fact: Fact,
  particulars: Particulars = {},
): Promise<boolean> {
  const step = stepAfter(payment.state, fact, payment.is_credited);
  if (step === null) return false;
  const { sql, enqueue, now } = context;
  const at = now();
  const books = new Set(step.books);
  const { captureId = null, refundId = null, declineReason = null } = particulars;
  await sql`
    update billing.payments
    set state = ${step.state}, card = null,
      capture_id = coalesce(capture_id, ${captureId}),
      refund_id = coalesce(refund_id, ${refundId}),
      decline_reason = coalesce(decline_reason, ${declineReason}),
      captured_at = ${books.has("payment") ? at : payment.captured_at},
      refunded_at = ${books.has("refund") ? at : null},
      declined_at = case when ${step.state === "declined"} then ${at}::timestamptz else declined_at end
    where id = ${payment.id}`;
  const total = { currency: payment.currency, amount: payment.amount };
  for (const kind of step.books) {
    const postings = kind === "payment" ? paymentEntry(total) : refundEntry(total);
    await book(context, { kind, id: payment.id, issuedAt: at }, postings);
  }
  await tell(context, payment, step, declineReason, at);
  if (step.state === "refund_due") await enqueue(refundPayment, { paymentId: payment.id });
  return true;
}

async function tell(
  { publish }: Recorder,
  { id, invoice_id: invoiceId, order_id: orderId, amount, currency }: PaymentRow,
  { publishes }: Step,
  reason: string | null,
  at: Date,
): Promise<void> {
  const payment = { paymentId: id, invoiceId, orderId };
  const total = { amount, currency };
  const options = { key: orderId };
  const time = at.toISOString();
  switch (publishes) {
    case "paymentCaptured":
      return publish(billing.paymentCaptured, { ...payment, total, capturedAt: time }, options);
    case "paymentDeclined":
      return publish(
        billing.paymentDeclined,
        { ...payment, reason: reason ?? "unknown", declinedAt: time },
        options,
      );
    case "paymentRefunded":
      return publish(billing.paymentRefunded, { ...payment, total, refundedAt: time }, options);
    case null:
      return;
  }
}

/** The row as the contract shows it. */
export function showPayment(
  row: Omit<PaymentRow, "is_credited" | "card" | "capture_id" | "account_id">,
): Payment {
  return {
    id: row.id,
    invoiceId: row.invoice_id,
    orderId: row.order_id,
    state: row.state,
    total: { amount: row.amount, currency: row.currency },
    declineReason: row.state === "declined" ? row.decline_reason : null,
    createdAt: row.created_at.toISOString(),
    capturedAt: row.captured_at?.toISOString() ?? null,
    refundedAt: row.refunded_at?.toISOString() ?? null,
  };
}

import { billing } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { capturePayment } from "./jobs.ts";
import { showPayment } from "./payment-rows.ts";
import { ownAccountOf } from "./viewer.ts";

interface PayableInvoice {
  readonly order_id: string;
  readonly currency: string;
  readonly total_amount: number;
  readonly is_credited: boolean;
  readonly payment_id: string | null;
  readonly payment_state: "pending" | "captured" | null;
}

export const payInvoice = handle(
  billing.payInvoice,
  async ({ invoiceId, card }, { sql, actor, enqueue, fail, newId, now }) => {
    const accountId = ownAccountOf(actor);
    const paysAny = actor.kind === "system";
    // Locked first and read afterwards, as in lockPayment.
    const [, [invoice]] = await Promise.all([
      sql`
        select from billing.invoices
        where id = ${invoiceId} and (account_id = ${accountId} or ${paysAny}) for no key update`,
      sql<PayableInvoice>`
        select invoice.order_id, invoice.currency, invoice.total_amount,
          exists (select from billing.credit_notes where invoice_id = invoice.id) as is_credited,
          payment.id as payment_id, payment.state as payment_state
        from billing.invoices invoice
        left join billing.payments payment
          on payment.invoice_id = invoice.id and payment.state in ('pending', 'captured')
        where invoice.id = ${invoiceId} and (invoice.account_id = ${accountId} or ${paysAny})`,
    ]);
    if (invoice === undefined) return fail("INVOICE_NOT_FOUND");
    const { payment_id: paymentId, payment_state: state } = invoice;
    if (paymentId !== null && state === "captured") return fail("ALREADY_PAID", { paymentId });
    if (invoice.is_credited) return fail("INVOICE_CREDITED");
    if (paymentId !== null) return fail("PAYMENT_IN_PROGRESS", { paymentId });

    const payment = {
      id: newId(),
      invoice_id: invoiceId,
      order_id: invoice.order_id,
      state: "pending" as const,
      currency: invoice.currency,
      amount: invoice.total_amount,
      decline_reason: null,
      created_at: now(),
      captured_at: null,
      refunded_at: null,
    };
    await Promise.all([
      sql`
        insert into billing.payments (id, invoice_id, state, currency, amount, card, created_at)
        values (${payment.id}, ${invoiceId}, 'pending', ${payment.currency}, ${payment.amount}, ${card},
          ${payment.created_at})`,
      enqueue(capturePayment, { paymentId: payment.id }),
    ]);
    return showPayment(payment);
  },
);

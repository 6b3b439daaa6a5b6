import { billing } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { book } from "./journal.ts";
import { creditNoteEntry } from "./ledger.ts";
import { findPayment, record } from "./payment-rows.ts";

export const creditInvoice = handle(billing.creditInvoice, async ({ orderId }, context) => {
  const { sql, fail, newId, now } = context;
  // Locked as by everything that changes a payment: a capture is recorded either before this and given back here,
  // or afterwards, when it finds the invoice credited. Read in a second statement, as in lockPayment.
  const [, [invoice]] = await Promise.all([
    sql`select from billing.invoices where order_id = ${orderId} for no key update`,
    sql<{ id: string; currency: string; total_amount: number; payment_id: string | null }>`
        select invoice.id, invoice.currency, invoice.total_amount, payment.id as payment_id
        from billing.invoices invoice
        left join billing.payments payment on payment.invoice_id = invoice.id and payment.state = 'captured'
        where invoice.order_id = ${orderId}`,
  ]);
  if (invoice === undefined) return fail("NOT_INVOICED", { orderId });
  const payment = invoice.payment_id === null ? null : await findPayment(sql, invoice.payment_id);
  if (payment !== null) await record(context, payment, "credited");
  const id = newId();
  const issuedAt = now();
  const postings = creditNoteEntry({ currency: invoice.currency, amount: invoice.total_amount });
  // As in issueInvoice: the number last, and the unique invoice_id lets one of two credit notes through.
  const [, [creditNote]] = await Promise.all([
    book({ sql, newId }, { kind: "credit_note", id, issuedAt }, postings),
    sql<{ number: string }>`
        with taken as (
          update billing.number_series set last_number = last_number + 1 where series = 'credit_note'
          returning last_number
        )
        insert into billing.credit_notes (id, sequence, invoice_id, issued_at)
        select ${id}, last_number, ${invoice.id}, ${issuedAt} from taken
        on conflict (invoice_id) do nothing
        returning number`,
  ]);
  return creditNote === undefined ? fail("ALREADY_CREDITED", { orderId }) : { id, number: creditNote.number };
});

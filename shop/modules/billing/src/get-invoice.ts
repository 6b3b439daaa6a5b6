import { billing } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { type InvoiceRow, showInvoice } from "./invoice.ts";
import { ownAccountOf, seesAll } from "./viewer.ts";

export const getInvoice = handle(billing.getInvoice, async ({ id }, { sql, actor, fail }) => {
  const [invoice] = await sql<InvoiceRow>`
    select invoice.id, invoice.number, invoice.order_id, invoice.currency, invoice.total_amount,
      invoice.issued_at, credit_note.id as credit_note_id, credit_note.number as credit_note_number,
      exists (select from billing.payments where invoice_id = invoice.id and state = 'captured') as is_paid,
      (select json_agg(line order by line.position) from billing.invoice_lines line
       where line.invoice_id = invoice.id) as lines
    from billing.invoices invoice
    left join billing.credit_notes credit_note on credit_note.invoice_id = invoice.id
    where invoice.id = ${id} and (invoice.account_id = ${ownAccountOf(actor)} or ${seesAll(actor)})`;
  return invoice === undefined ? fail("INVOICE_NOT_FOUND") : showInvoice(invoice);
});

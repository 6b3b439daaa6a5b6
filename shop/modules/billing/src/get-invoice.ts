import type { Actor } from "ashlar/module";
import { billing } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { type InvoiceRow, showInvoice } from "./invoice.ts";

export const getInvoice = handle(billing.getInvoice, async ({ id }, { sql, actor, fail }) => {
  const [invoice] = await sql<InvoiceRow>`
    select invoice.id, invoice.number, invoice.order_id, invoice.currency, invoice.total_amount,
      invoice.issued_at, credit_note.id as credit_note_id, credit_note.number as credit_note_number,
      (select json_agg(line order by line.position) from billing.invoice_lines line
       where line.invoice_id = invoice.id) as lines
    from billing.invoices invoice
    left join billing.credit_notes credit_note on credit_note.invoice_id = invoice.id
    where invoice.id = ${id} and (invoice.account_id = ${ownAccountOf(actor)} or ${seesAll(actor)})`;
  return invoice === undefined ? fail("INVOICE_NOT_FOUND") : showInvoice(invoice);
});

function ownAccountOf(actor: Actor): string | null {
  return actor.kind === "account" ? actor.id : null;
}

function seesAll(actor: Actor): boolean {
  return actor.kind === "system" || (actor.kind === "account" && actor.roles.includes("operator"));
}

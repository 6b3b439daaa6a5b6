import { billing } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { invoiceTotal } from "./invoice.ts";
import { book } from "./journal.ts";
import { invoiceEntry } from "./ledger.ts";

export const issueInvoice = handle(billing.issueInvoice, async (order, { sql, fail, newId, now }) => {
  const { orderId, accountId, currency, lines } = order;
  const total = invoiceTotal(order);
  const id = newId();
  const issuedAt = now();
  // The number is taken last and together with the invoice, because every other invoice waits for it from here to
  // the commit. A second invoice of the order meets the unique order_id, even while the first is still being
  // written, and inserts nothing.
  const [, [invoice]] = await Promise.all([
    book({ sql, newId }, { kind: "invoice", id, issuedAt }, invoiceEntry(total)),
    sql<{ number: string }>`
      with taken as (
        update billing.number_series set last_number = last_number + 1 where series = 'invoice'
        returning last_number
      ), invoice as (
        insert into billing.invoices (id, sequence, order_id, account_id, currency, total_amount, issued_at)
        select ${id}, last_number, ${orderId}, ${accountId}, ${currency}, ${total.amount}, ${issuedAt}
        from taken
        on conflict (order_id) do nothing
        returning id, number
      ), lines as (
        insert into billing.invoice_lines (invoice_id, position, description, quantity, unit_amount)
        select invoice.id, line.position, line.description, line.quantity, line.unit_amount
        from invoice, unnest(
          ${lines.map(({ description }) => description)}::text[],
          ${lines.map(({ quantity }) => quantity)}::integer[],
          ${lines.map(({ unitAmount }) => unitAmount)}::bigint[]
        ) with ordinality as line (description, quantity, unit_amount, position)
      )
      select number from invoice`,
  ]);
  return invoice === undefined
    ? fail("ALREADY_INVOICED", { orderId })
    : { id, number: invoice.number, total };
});

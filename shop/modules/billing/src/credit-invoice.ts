import { billing } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { book } from "./journal.ts";
import { creditNoteEntry } from "./ledger.ts";

export const creditInvoice = handle(
  billing.creditInvoice,
  async ({ orderId }, { db, sql, fail, newId, now }) => {
    const invoice = await db
      .selectFrom("invoices")
      .select(["id", "currency", "total_amount"])
      .where("order_id", "=", orderId)
      .executeTakeFirst();
    if (invoice === undefined) return fail("NOT_INVOICED", { orderId });
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
    return creditNote === undefined
      ? fail("ALREADY_CREDITED", { orderId })
      : { id, number: creditNote.number };
  },
);

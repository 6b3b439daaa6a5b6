import type { Sql } from "ashlar/module";
import type { Posting } from "./ledger.ts";

/** What is booked. A payment and its refund are two documents with one id. */
interface Document {
  readonly kind: "invoice" | "credit_note" | "payment" | "refund";
  readonly id: string;
  readonly issuedAt: Date;
}

/**
 * Writes the journal entry of a document. It needs nothing that the document's own statement finds out, so it is
 * sent before that one, in the same flush: what follows the taking of a number holds up every other document.
 */
export async function book(
  { sql, newId }: { sql: Sql; newId: () => string },
  document: Document,
  postings: readonly Posting[],
): Promise<void> {
  await sql`
    with entry as (
      insert into billing.journal_entries (id, document_kind, document_id, booked_at)
      values (${newId()}, ${document.kind}, ${document.id}, ${document.issuedAt})
      returning id
    )
    insert into billing.postings (entry_id, position, account, currency, amount)
    select entry.id, posting.position, posting.account, posting.currency, posting.amount
    from entry, unnest(
      ${postings.map(({ account }) => account)}::text[],
      ${postings.map(({ currency }) => currency)}::text[],
      ${postings.map(({ amount }) => amount)}::bigint[]
    ) with ordinality as posting (account, currency, amount, position)`;
}

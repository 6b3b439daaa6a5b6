/**
 * The ledger in pure form: which postings a document makes, and the rule that they balance.
 *
 * Accounts: `receivable` is what buyers owe (grows by debits), `revenue` what was earned (grows by credits),
 * `provider_clearing` what the payment provider holds for us (grows by debits).
 */
export type LedgerAccount = "receivable" | "revenue" | "provider_clearing";

export interface Posting {
  readonly account: LedgerAccount;
  readonly currency: string;
  /** Integer minor units; a debit is positive, a credit negative. */
  readonly amount: number;
}

export interface Total {
  readonly currency: string;
  readonly amount: number;
}

/** Postings that may not be written: a mistake in the code that made them, never in a request. */
export class LedgerError extends Error {
  override readonly name = "LedgerError";
  readonly code = "BILLING_ENTRY_REFUSED";
}

/** What issuing an invoice books: the buyer owes it, and it is earned. */
export function invoiceEntry({ currency, amount }: Total): readonly Posting[] {
  return entry([
    { account: "receivable", currency, amount },
    { account: "revenue", currency, amount: -amount },
  ]);
}

/** What a credit note books: the reverse of the invoice it cancels. */
export function creditNoteEntry(invoice: Total): readonly Posting[] {
  return reverse(invoiceEntry(invoice));
}

/** What a captured payment books: the provider has the money, and the buyer owes it no longer. */
export function paymentEntry({ currency, amount }: Total): readonly Posting[] {
  return entry([
    { account: "provider_clearing", currency, amount },
    { account: "receivable", currency, amount: -amount },
  ]);
}

/** What a refund books: the reverse of the payment that goes back. */
export function refundEntry(payment: Total): readonly Posting[] {
  return reverse(paymentEntry(payment));
}

function reverse(postings: readonly Posting[]): readonly Posting[] {
  return entry(postings.map((posting) => ({ ...posting, amount: -posting.amount })));
}

/**
 * The postings as they may be written: those of zero left out, since an invoice of nothing moves nothing.
 * Throws LedgerError when an amount is not a whole number that JavaScript holds exactly, or when debits and
 * credits of a currency differ.
 */
export function entry(postings: readonly Posting[]): readonly Posting[] {
  for (const { account, amount } of postings) {
    if (!Number.isSafeInteger(amount)) {
      throw new LedgerError(`An amount on ${account} is not whole minor units below 2^53: ${amount}.`);
    }
  }
  for (const [currency, balance] of balances(postings)) {
    if (balance !== 0n) {
      throw new LedgerError(`Debits and credits in ${currency} differ by ${balance}. Book both sides.`);
    }
  }
  return postings.filter(({ amount }) => amount !== 0);
}

/** Debits less credits per currency; exact, however many postings there are. */
export function balances(postings: readonly Posting[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { currency, amount } of postings) {
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amount));
  }
  return sums;
}

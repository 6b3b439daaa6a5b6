import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  balances,
  creditNoteEntry,
  entry,
  invoiceEntry,
  LedgerError,
  type Posting,
  paymentEntry,
  refundEntry,
} from "../src/ledger.ts";

const currency = fc.constantFrom("USD", "EUR", "JPY");
const total = fc.record({ currency, amount: fc.nat({ max: 1_000_000_000_000_000 }) });

describe("the ledger", () => {
  it("books an invoice as owed and earned", () => {
    assert.deepEqual(invoiceEntry({ currency: "USD", amount: 4999 }), [
      { account: "receivable", currency: "USD", amount: 4999 },
      { account: "revenue", currency: "USD", amount: -4999 },
    ]);
  });

  it("books a credit note as the reverse of its invoice", () => {
    assert.deepEqual(creditNoteEntry({ currency: "USD", amount: 4999 }), [
      { account: "receivable", currency: "USD", amount: -4999 },
      { account: "revenue", currency: "USD", amount: 4999 },
    ]);
  });

  it("books a payment as held by the provider and no longer owed, and a refund as its reverse", () => {
    const payment = paymentEntry({ currency: "USD", amount: 4999 });
    assert.deepEqual(payment, [
      { account: "provider_clearing", currency: "USD", amount: 4999 },
      { account: "receivable", currency: "USD", amount: -4999 },
    ]);
    assert.deepEqual(
      refundEntry({ currency: "USD", amount: 4999 }),
      payment.map((posting) => ({ ...posting, amount: -posting.amount })),
    );
  });

  it("books nothing for an invoice of nothing", () => {
    assert.deepEqual(invoiceEntry({ currency: "USD", amount: 0 }), []);
  });

  it("balances in every currency after any sequence of invoices, payments and their reversals", () => {
    const document = fc.record({ total, credited: fc.boolean(), paid: fc.boolean(), refunded: fc.boolean() });
    fc.assert(
      fc.property(fc.array(document), (documents) => {
        const postings = documents.flatMap(({ total, credited, paid, refunded }) => [
          ...invoiceEntry(total),
          ...(paid ? paymentEntry(total) : []),
          ...(credited ? creditNoteEntry(total) : []),
          ...(paid && refunded ? refundEntry(total) : []),
        ]);
        for (const balance of balances(postings).values()) assert.equal(balance, 0n);
        const kept = documents.filter(({ paid, refunded }) => paid && !refunded);
        assert.equal(balanceOf("provider_clearing", postings), sum(kept));
        assert.equal(
          balanceOf("receivable", postings),
          sum(documents.filter(({ credited }) => !credited)) - sum(kept),
        );
      }),
    );
  });

  it("accepts exactly the postings whose debits equal their credits in each currency", () => {
    const posting = fc.record({
      account: fc.constantFrom<Posting["account"][]>("receivable", "revenue", "provider_clearing"),
      currency,
      amount: fc.integer({ min: -3, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(posting, { maxLength: 6 }), (postings) => {
        const balanced = ["USD", "EUR", "JPY"].every(
          (each) => postings.reduce((sum, p) => sum + (p.currency === each ? p.amount : 0), 0) === 0,
        );
        if (balanced)
          assert.deepEqual(
            entry(postings),
            postings.filter(({ amount }) => amount !== 0),
          );
        else assert.throws(() => entry(postings), LedgerError);
      }),
      { numRuns: 1000 },
    );
  });

  it("refuses one side without the other, naming currency and difference", () => {
    assert.throws(() => entry([{ account: "receivable", currency: "EUR", amount: 5 }]), {
      code: "BILLING_ENTRY_REFUSED",
      message: /in EUR differ by 5/,
    });
  });

  it("refuses amounts that balance across currencies only", () => {
    assert.throws(
      () =>
        entry([
          { account: "receivable", currency: "EUR", amount: 5 },
          { account: "revenue", currency: "USD", amount: -5 },
        ]),
      LedgerError,
    );
  });

  it("refuses amounts that are not whole minor units or that a number cannot hold exactly", () => {
    for (const amount of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      assert.throws(() => invoiceEntry({ currency: "USD", amount }), LedgerError);
    }
  });
});

function balanceOf(account: Posting["account"], postings: readonly Posting[]): bigint {
  return postings
    .filter((posting) => posting.account === account)
    .reduce((sum, { amount }) => sum + BigInt(amount), 0n);
}

function sum(documents: readonly { total: { amount: number } }[]): bigint {
  return documents.reduce((sum, { total }) => sum + BigInt(total.amount), 0n);
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { balances, creditNoteEntry, entry, invoiceEntry, LedgerError, type Posting } from "../src/ledger.ts";

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

  it("books nothing for an invoice of nothing", () => {
    assert.deepEqual(invoiceEntry({ currency: "USD", amount: 0 }), []);
  });

  it("balances in every currency after any sequence of invoices and credit notes", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ total, credited: fc.boolean() })), (documents) => {
        const postings = documents.flatMap(({ total, credited }) => [
          ...invoiceEntry(total),
          ...(credited ? creditNoteEntry(total) : []),
        ]);
        for (const balance of balances(postings).values()) assert.equal(balance, 0n);
        assert.equal(owed(postings), sum(documents.filter(({ credited }) => !credited)));
      }),
    );
  });

  it("accepts exactly the postings whose debits equal their credits in each currency", () => {
    const posting = fc.record({
      account: fc.constantFrom<Posting["account"][]>("receivable", "revenue"),
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

function owed(postings: readonly Posting[]): bigint {
  return postings
    .filter(({ account }) => account === "receivable")
    .reduce((sum, { amount }) => sum + BigInt(amount), 0n);
}

function sum(documents: readonly { total: { amount: number } }[]): bigint {
  return documents.reduce((sum, { total }) => sum + BigInt(total.amount), 0n);
}

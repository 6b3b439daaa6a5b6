import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import type { Actor } from "ashlar/module";
import { billing } from "../contract/index.ts";
import { account, actor, billingApp } from "./billing-app.ts";

const { app, adminQuery } = await billingApp();

describe("billing", () => {
  it("shows an invoice as it was issued", async () => {
    const accountId = randomUUID();
    const orderId = randomUUID();
    const issued = await issue({ accountId, orderId });
    assert.deepEqual(issued.total, { amount: 4848, currency: "USD" });
    const invoice = await app.execute(billing.getInvoice, { id: issued.id }, { actor: account(accountId) });
    assert.deepEqual(invoice, {
      id: issued.id,
      number: issued.number,
      orderId,
      state: "open",
      lines: [
        {
          description: "Mallet",
          quantity: 2,
          unitPrice: { amount: 1999, currency: "USD" },
          lineTotal: { amount: 3998, currency: "USD" },
        },
        {
          description: "Chisel",
          quantity: 1,
          unitPrice: { amount: 850, currency: "USD" },
          lineTotal: { amount: 850, currency: "USD" },
        },
      ],
      total: { amount: 4848, currency: "USD" },
      issuedAt: app.clock.now().toISOString(),
      creditNote: null,
    });
  });

  it("shows an invoice to its account and to operators, and to nobody else", async () => {
    const { id } = await issue({});
    const show = (actor: Actor) => app.execute(billing.getInvoice, { id }, { actor });
    assert.equal((await show(account(randomUUID(), ["operator"]))).id, id);
    await assert.rejects(show(account(randomUUID())), { code: "BILLING_INVOICE_NOT_FOUND" });
    await assert.rejects(show({ kind: "anonymous" }), { code: "BILLING_INVOICE_NOT_FOUND" });
    await assert.rejects(app.execute(billing.getInvoice, { id: randomUUID() }, { actor }), {
      code: "BILLING_INVOICE_NOT_FOUND",
    });
  });

  it("numbers invoices without a gap, however many are issued at once", async () => {
    const before = await lastNumber("invoice");
    const issued = await Promise.all(Array.from({ length: 24 }, () => issue({})));
    assert.deepEqual(
      issued.map(({ number }) => number).sort(),
      Array.from({ length: 24 }, (_, index) => `INV-${String(before + 1 + index).padStart(6, "0")}`),
    );
  });

  it("prints numbers with as many digits as they need", async () => {
    await adminQuery`update billing.number_series set last_number = 1234567 where series = 'invoice'`;
    assert.equal((await issue({})).number, "INV-1234568");
  });

  it("invoices an order once, and a refusal takes no number", async () => {
    const orderId = randomUUID();
    await issue({ orderId });
    const before = await lastNumber("invoice");
    await assert.rejects(issue({ orderId }), { code: "BILLING_ALREADY_INVOICED", data: { orderId } });
    assert.equal(await lastNumber("invoice"), before);
  });

  it("invoices an order once even when two try at the same time", async () => {
    const orderId = randomUUID();
    const before = await lastNumber("invoice");
    const outcomes = await Promise.allSettled([issue({ orderId }), issue({ orderId })]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.equal(await lastNumber("invoice"), before + 1);
  });

  it("cancels an invoice by a credit note with a number of its own", async () => {
    const orderId = randomUUID();
    const { id } = await issue({ orderId });
    const creditNote = await credit(orderId);
    assert.match(creditNote.number, /^CRN-[0-9]{6}$/);
    const invoice = await app.execute(billing.getInvoice, { id }, { actor });
    assert.equal(invoice.state, "credited");
    assert.deepEqual(invoice.creditNote, creditNote);
  });

  it("credits an invoice once, even when two try at the same time", async () => {
    const orderId = randomUUID();
    await issue({ orderId });
    const before = await lastNumber("credit_note");
    const outcomes = await Promise.allSettled([credit(orderId), credit(orderId)]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    await assert.rejects(credit(orderId), { code: "BILLING_ALREADY_CREDITED", data: { orderId } });
    assert.equal(await lastNumber("credit_note"), before + 1);
  });

  it("has nothing to credit for an order without an invoice", async () => {
    const orderId = randomUUID();
    await assert.rejects(credit(orderId), { code: "BILLING_NOT_INVOICED", data: { orderId } });
  });

  it("issues an invoice of nothing without booking anything", async () => {
    const orderId = randomUUID();
    const { total } = await issue({
      orderId,
      lines: [{ description: "Catalogue", quantity: 1, unitAmount: 0 }],
    });
    assert.equal(total.amount, 0);
    await credit(orderId);
    assert.deepEqual(await postingsOf(orderId), []);
  });

  it("books what is owed and earned, and takes it back with the credit note", async () => {
    const orderId = randomUUID();
    await issue({ orderId });
    const booked = [
      { account: "receivable", currency: "USD", amount: "4848" },
      { account: "revenue", currency: "USD", amount: "-4848" },
    ];
    assert.deepEqual(await postingsOf(orderId), booked);
    await credit(orderId);
    assert.deepEqual(await postingsOf(orderId), [
      { account: "receivable", currency: "USD", amount: "0" },
      { account: "revenue", currency: "USD", amount: "0" },
    ]);
  });

  it("takes back the invoice and its number when it is rolled back", async () => {
    const orderId = randomUUID();
    const before = await lastNumber("invoice");
    // Text that cannot be stored fails the last statement, when the journal entry is on its way already.
    const lines = [{ description: "no\u0000name", quantity: 1, unitAmount: 1 }];
    await assert.rejects(issue({ orderId, lines }));
    assert.equal(await lastNumber("invoice"), before);
    const [entries] = await adminQuery<{ orphans: number }>`
      select count(*)::int as orphans from billing.journal_entries entry
      where document_kind = 'invoice' and not exists (select from billing.invoices where id = entry.document_id)`;
    assert.equal(entries?.orphans, 0);
  });
});

function issue(parts: {
  orderId?: string;
  accountId?: string;
  lines?: { description: string; quantity: number; unitAmount: number }[];
}) {
  const { orderId = randomUUID(), accountId = randomUUID() } = parts;
  const lines = parts.lines ?? [
    { description: "Mallet", quantity: 2, unitAmount: 1999 },
    { description: "Chisel", quantity: 1, unitAmount: 850 },
  ];
  return app.execute(billing.issueInvoice, { orderId, accountId, currency: "USD", lines }, { actor });
}

function credit(orderId: string) {
  return app.execute(billing.creditInvoice, { orderId }, { actor });
}

async function lastNumber(series: "invoice" | "credit_note"): Promise<number> {
  const [row] = await adminQuery<{ last: number }>`
    select last_number::int as last from billing.number_series where series = ${series}`;
  return row!.last;
}

async function postingsOf(orderId: string) {
  return adminQuery<{ account: string; currency: string; amount: string }>`
    select posting.account, posting.currency, sum(posting.amount)::text as amount
    from billing.invoices invoice
    left join billing.credit_notes credit_note on credit_note.invoice_id = invoice.id
    join billing.journal_entries entry on entry.document_id in (invoice.id, credit_note.id)
    join billing.postings posting on posting.entry_id = entry.id
    where invoice.order_id = ${orderId}
    group by posting.account, posting.currency
    order by posting.account`;
}

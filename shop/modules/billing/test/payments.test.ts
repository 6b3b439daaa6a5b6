import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { waitForLockWait } from "ashlar/testing";
import pg from "pg";
import { billing } from "../contract/index.ts";
import { capturePayment, refundPayment } from "../src/jobs.ts";
import { account, billingApp } from "./billing-app.ts";

const shop = await billingApp();
const { app, adminQuery, clock, jobs, provider, issue, credit, pay, payment, notify } = shop;

describe("paying an invoice", () => {
  it("begins a payment, captures it, books it and tells of it", async () => {
    const { orderId, invoiceId, id } = await begin();
    assert.deepEqual(await payment(id), {
      id,
      invoiceId,
      orderId,
      state: "pending",
      total: { amount: 4999, currency: "USD" },
      declineReason: null,
      createdAt: clock.now().toISOString(),
      capturedAt: null,
      refundedAt: null,
    });
    await jobs.runDue();
    const captured = await payment(id);
    assert.deepEqual([captured.state, captured.capturedAt], ["captured", clock.now().toISOString()]);
    assert.deepEqual(await booked(id), { payment: { provider_clearing: 4999, receivable: -4999 } });
    assert.deepEqual(await eventsOf(orderId), ["billing.paymentCaptured"]);
    assert.equal((await invoice(invoiceId)).state, "paid");
    // The token of the card is kept for as long as it may be needed, and no longer.
    assert.deepEqual(await adminQuery`select card from billing.payments where id = ${id}`, [{ card: null }]);
  });

  it("says of each event what it is about, under the order's key", async () => {
    const { orderId, invoiceId, id } = await begin();
    await jobs.runDue();
    const [told] = (await jobs.published(billing.paymentCaptured)).filter(({ key }) => key === orderId);
    assert.deepEqual(told!.payload, {
      paymentId: id,
      invoiceId,
      orderId,
      total: { amount: 4999, currency: "USD" },
      capturedAt: clock.now().toISOString(),
    });
  });

  it("tells of a declined card, books nothing, and lets the invoice be paid again", async () => {
    const { orderId, invoiceId, id } = await begin({ card: "card_declined" });
    await jobs.runDue();
    const declined = await payment(id);
    assert.deepEqual([declined.state, declined.declineReason], ["declined", "insufficient_funds"]);
    assert.deepEqual(await booked(id), {});
    assert.equal((await invoice(invoiceId)).state, "open");
    const second = await pay(invoiceId);
    await jobs.runDue();
    assert.equal((await payment(second.id)).state, "captured");
    assert.deepEqual(await eventsOf(orderId), ["billing.paymentDeclined", "billing.paymentCaptured"]);
  });

  it("is refused for what is paid, being paid, cancelled or not there", async () => {
    const { orderId, invoiceId, id } = await begin();
    const again = () => pay(invoiceId);
    await assert.rejects(again, { code: "BILLING_PAYMENT_IN_PROGRESS", data: { paymentId: id } });
    await jobs.runDue();
    await assert.rejects(again, { code: "BILLING_ALREADY_PAID", data: { paymentId: id } });
    await credit(orderId);
    await assert.rejects(again, { code: "BILLING_INVOICE_CREDITED" });
    await assert.rejects(pay(randomUUID()), { code: "BILLING_INVOICE_NOT_FOUND" });
  });

  it("is for the invoice's own account, and so is the sight of a payment, which operators have too", async () => {
    const owner = account(randomUUID());
    const { id: invoiceId } = await issue({ accountId: owner.kind === "account" ? owner.id : "" });
    const operator = account(randomUUID(), ["customer", "operator"]);
    for (const other of [account(randomUUID()), operator, { kind: "anonymous" as const }]) {
      await assert.rejects(pay(invoiceId, "card_success", other), { code: "BILLING_INVOICE_NOT_FOUND" });
    }
    const { id } = await pay(invoiceId, "card_success", owner);
    const show = (actor: typeof owner) => app.execute(billing.getPayment, { id }, { actor });
    assert.equal((await show(owner)).id, id);
    assert.equal((await show(operator)).id, id);
    await assert.rejects(show(account(randomUUID())), { code: "BILLING_PAYMENT_NOT_FOUND" });
  });

  it("begins one payment when two try at the same time", async () => {
    const { id: invoiceId } = await issue();
    const outcomes = await Promise.allSettled([pay(invoiceId), pay(invoiceId), pay(invoiceId)]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"]);
  });

  it("needs no provider where there is nothing to pay", async () => {
    const { orderId, id } = await begin({ amount: 0 });
    await jobs.runDue();
    assert.equal((await payment(id)).state, "captured");
    await credit(orderId);
    await jobs.runDue();
    assert.equal((await payment(id)).state, "refunded");
    assert.deepEqual(askedAbout(id), []);
    assert.deepEqual(await eventsOf(orderId), ["billing.paymentCaptured", "billing.paymentRefunded"]);
  });
});

describe("a provider that fails", () => {
  it("is asked first when an attempt may have captured without an answer, and captures once", async () => {
    const { orderId, id } = await begin({ card: "card_timeout_after_capture" });
    await jobs.runDue();
    assert.equal((await payment(id)).state, "pending");
    clock.advance(3_000);
    await jobs.runDue();
    assert.equal((await payment(id)).state, "captured");
    assert.deepEqual(askedAbout(id), [`capture ${id}`, `find ${id}`]);
    assert.equal(provider.transactions.filter(({ reference }) => reference === id).length, 1);
    assert.deepEqual(await eventsOf(orderId), ["billing.paymentCaptured"]);
  });

  it("is tried again with growing pauses while it is down, for captures and refunds", async () => {
    const { orderId, id } = await begin();
    await withProviderDown(async () => {
      await jobs.runDue();
      const [waiting] = (await jobs.enqueued(capturePayment)).filter(
        ({ payload }) => payload.paymentId === id,
      );
      assert.equal(waiting!.attempt, 1);
    });
    assert.equal((await payment(id)).state, "pending");
    clock.advance(3_000);
    await jobs.runDue();
    assert.equal((await payment(id)).state, "captured");
    await credit(orderId);
    await withProviderDown(() => jobs.runDue());
    assert.equal((await payment(id)).state, "refund_due");
    clock.advance(3_000);
    await jobs.runDue();
    assert.equal((await payment(id)).state, "refunded");
  });
});

describe("an invoice that is cancelled", () => {
  it("gives a captured payment back, books that and tells of it", async () => {
    const { orderId, invoiceId, id } = await begin();
    await jobs.runDue();
    await credit(orderId);
    assert.equal((await payment(id)).state, "refund_due");
    assert.equal(
      (await jobs.enqueued(refundPayment)).filter(({ payload }) => payload.paymentId === id).length,
      1,
    );
    await jobs.runDue();
    assert.equal((await payment(id)).state, "refunded");
    assert.deepEqual(await booked(id), {
      payment: { provider_clearing: 4999, receivable: -4999 },
      refund: { provider_clearing: -4999, receivable: 4999 },
    });
    assert.deepEqual(await eventsOf(orderId), ["billing.paymentCaptured", "billing.paymentRefunded"]);
    assert.equal((await invoice(invoiceId)).state, "credited");
  });

  it("stops a payment whose card was not charged yet", async () => {
    const { orderId, id } = await begin();
    await credit(orderId);
    await jobs.runDue();
    assert.equal((await payment(id)).state, "cancelled");
    assert.deepEqual(askedAbout(id), [`find ${id}`]);
    assert.deepEqual(await eventsOf(orderId), []);
  });

  it("gives the money back that was on its way meanwhile", async () => {
    const { orderId, id } = await begin();
    provider.afterCapture = async () => {
      await credit(orderId);
    };
    await jobs.runDue();
    provider.afterCapture = async () => {};
    assert.equal((await payment(id)).state, "refunded");
    assert.deepEqual(await eventsOf(orderId), ["billing.paymentRefunded"]);
    assert.equal((await booked(id)).refund!.provider_clearing, -4999);
  });

  it("gives the money back that an attempt before had captured without knowing", async () => {
    const { orderId, id } = await begin({ card: "card_timeout_after_capture" });
    await jobs.runDue();
    await credit(orderId);
    clock.advance(3_000);
    await jobs.runDue();
    assert.equal((await payment(id)).state, "refunded");
  });

  it("gives the money back that came after the payment had been given up", async () => {
    const { orderId, id } = await begin();
    await credit(orderId);
    await jobs.runDue();
    assert.equal((await payment(id)).state, "cancelled");
    const { id: captureId } = provider.charge({ paymentId: id, amount: 4999, currency: "USD" });
    await notify("capture.succeeded", { id: captureId, reference: id });
    assert.equal((await payment(id)).state, "refund_due");
    await jobs.runDue();
    assert.equal((await payment(id)).state, "refunded");
  });

  for (const first of ["capture", "credit note"]) {
    it(`gives the money back when capture and credit note meet, and the ${first} comes first`, async () => {
      const { orderId, invoiceId, id } = await begin();
      const { id: captureId } = provider.charge({ paymentId: id, amount: 4999, currency: "USD" });
      const captured = () => notify("capture.succeeded", { id: captureId, reference: id });
      const [one, other] =
        first === "capture" ? [captured, () => credit(orderId)] : [() => credit(orderId), captured];
      await holding(invoiceId, async (release) => {
        const begun = one();
        await waitForLockWait(shop, 1);
        const next = other();
        await waitForLockWait(shop, 2);
        await release();
        await Promise.all([begun, next]);
      });
      assert.equal((await payment(id)).state, "refund_due");
      await jobs.runDue();
      assert.equal((await payment(id)).state, "refunded");
      const told = first === "capture" ? ["billing.paymentCaptured"] : [];
      assert.deepEqual(await eventsOf(orderId), [...told, "billing.paymentRefunded"]);
    });
  }
});

describe("notices of the provider", () => {
  it("capture a payment before the job does, which then finds nothing to do", async () => {
    const { orderId, id } = await begin();
    const { id: captureId } = provider.charge({ paymentId: id, amount: 4999, currency: "USD" });
    assert.deepEqual(await notify("capture.succeeded", { id: captureId, reference: id }), {
      outcome: "recorded",
    });
    await jobs.runDue();
    assert.deepEqual(askedAbout(id), []);
    assert.deepEqual(await eventsOf(orderId), ["billing.paymentCaptured"]);
    assert.deepEqual(Object.keys(await booked(id)), ["payment"]);
  });

  it("have one effect together with the job, in whatever order and however often they come", async () => {
    const { orderId, id } = await begin();
    const about = { id: `cap-${id}`, reference: id };
    await jobs.runDue();
    const outcomes = [];
    for (const [type, notice] of [
      ["capture.settled", "a"],
      ["capture.succeeded", "b"],
      ["capture.settled", "a"],
      ["capture.declined", "c"],
    ]) {
      outcomes.push((await notify(type!, about, { id: `${id} ${notice}` })).outcome);
    }
    assert.deepEqual(outcomes, ["unchanged", "unchanged", "repeated", "unchanged"]);
    assert.equal((await payment(id)).state, "captured");
    assert.deepEqual(await eventsOf(orderId), ["billing.paymentCaptured"]);
    assert.deepEqual(await booked(id), { payment: { provider_clearing: 4999, receivable: -4999 } });
  });

  it("take a settlement that comes before its capture as the capture", async () => {
    const { id } = await begin();
    assert.equal((await notify("capture.settled", { id: `cap-${id}`, reference: id })).outcome, "recorded");
    assert.equal(
      (await notify("capture.succeeded", { id: `cap-${id}`, reference: id })).outcome,
      "unchanged",
    );
    assert.equal((await payment(id)).state, "captured");
  });

  it("have one effect when the same ones come at the same time as the job works", async () => {
    const { orderId, id } = await begin();
    provider.charge({ paymentId: id, amount: 4999, currency: "USD" });
    const about = { id: `cap-${id}`, reference: id };
    const notices = ["x", "x", "y", "y"].map((name) =>
      notify("capture.succeeded", about, { id: `${id} ${name}` }),
    );
    const [outcomes] = await Promise.all([Promise.all(notices), jobs.runDue()]);
    const told = outcomes.map(({ outcome }) => outcome);
    assert.equal(told.filter((outcome) => outcome === "repeated").length, 2);
    assert.deepEqual(await eventsOf(orderId), ["billing.paymentCaptured"]);
    assert.deepEqual(await booked(id), { payment: { provider_clearing: 4999, receivable: -4999 } });
  });

  it("wait for each other: the second of two is answered when the first has committed", async () => {
    const { id } = await begin();
    const about = { id: `cap-${id}`, reference: id };
    const [first, second] = await Promise.all([
      notify("capture.succeeded", about, { id: `${id} z` }),
      notify("capture.succeeded", about, { id: `${id} z` }),
    ]);
    assert.deepEqual([first.outcome, second.outcome].sort(), ["recorded", "repeated"]);
  });

  it("tell of a decline and of a refund that nobody here asked for", async () => {
    const declined = await begin();
    const about = { id: "cap_d", reference: declined.id, declineReason: "stolen_card" };
    await notify("capture.declined", about);
    assert.equal((await payment(declined.id)).declineReason, "stolen_card");

    const refunded = await begin();
    await notify("refund.succeeded", { id: "ref_1", reference: refunded.id, capture: "cap_r" });
    assert.equal((await payment(refunded.id)).state, "refunded");
    assert.deepEqual(Object.keys(await booked(refunded.id)).sort(), ["payment", "refund"]);
    // What is not paid can be paid again.
    assert.equal((await pay(refunded.invoiceId)).state, "pending");
  });

  it("are refused without the signature of these minutes, and change nothing", async () => {
    const { id } = await begin();
    const about = { id: `cap-${id}`, reference: id };
    const refused = { code: "BILLING_SIGNATURE_INVALID" };
    await assert.rejects(
      notify("capture.succeeded", about, { secret: "a secret of somebody else" }),
      refused,
    );
    const old = new Date(clock.now().getTime() - 301_000);
    await assert.rejects(notify("capture.succeeded", about, { at: old }), refused);
    await assert.rejects(app.execute(billing.receivePaymentNotice, { body: "{}", signature: "" }), refused);
    assert.equal((await payment(id)).state, "pending");
  });

  it("are answered without harm when they are about nothing of ours, of no kind of ours or nonsense", async () => {
    assert.equal(
      (await notify("capture.succeeded", { id: "c", reference: randomUUID() })).outcome,
      "unknown",
    );
    assert.equal(
      (await notify("capture.succeeded", { id: "c", reference: "'; drop table" })).outcome,
      "unknown",
    );
    assert.equal((await notify("payout.created", { id: "p", reference: "r" })).outcome, "ignored");
    assert.equal((await notify("toString", { id: "p", reference: "r" })).outcome, "ignored");
    await assert.rejects(notify("capture.succeeded", { nothing: 1 }), { code: "BILLING_NOTICE_INVALID" });
  });
});

async function begin(parts: { card?: string; amount?: number } = {}) {
  const { card = "card_success", amount = 4999 } = parts;
  const orderId = randomUUID();
  const { id: invoiceId } = await issue({ orderId, amount });
  const { id } = await pay(invoiceId, card);
  return { orderId, invoiceId, id };
}

/** Holds the lock of an invoice, as something slow would, until it is released. */
async function holding(invoiceId: string, work: (release: () => Promise<unknown>) => Promise<void>) {
  const holder = new pg.Client(shop.databaseUrl);
  await holder.connect();
  try {
    await holder.query("begin");
    await holder.query("select from billing.invoices where id = $1 for no key update", [invoiceId]);
    await work(() => holder.query("rollback"));
  } finally {
    await holder.end();
  }
}

function invoice(id: string) {
  return app.execute(billing.getInvoice, { id }, { actor: { kind: "system", name: "test" } });
}

async function withProviderDown(work: () => Promise<unknown>): Promise<void> {
  provider.isDown = true;
  try {
    await work();
  } finally {
    provider.isDown = false;
  }
}

/** What the provider was asked about a payment, in order. */
function askedAbout(id: string): string[] {
  return provider.asked.filter((asked) => asked.endsWith(id));
}

async function eventsOf(orderId: string): Promise<string[]> {
  const told = [
    ...(await jobs.published(billing.paymentCaptured)),
    ...(await jobs.published(billing.paymentDeclined)),
    ...(await jobs.published(billing.paymentRefunded)),
  ];
  return told
    .filter(({ key }) => key === orderId)
    .sort((a, b) => a.id - b.id)
    .map(({ event }) => event);
}

/** What was booked for a payment, by document and account. */
async function booked(paymentId: string): Promise<Record<string, Record<string, number>>> {
  const rows = await adminQuery<{ kind: string; account: string; amount: number }>`
    select entry.document_kind as kind, posting.account, sum(posting.amount)::int as amount
    from billing.journal_entries entry join billing.postings posting on posting.entry_id = entry.id
    where entry.document_id = ${paymentId} and entry.document_kind in ('payment', 'refund')
    group by entry.document_kind, posting.account order by entry.document_kind, posting.account`;
  const found: Record<string, Record<string, number>> = {};
  for (const { kind, account, amount } of rows) {
    found[kind] ??= {};
    found[kind][account] = amount;
  }
  return found;
}

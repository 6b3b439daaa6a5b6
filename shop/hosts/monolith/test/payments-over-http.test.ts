// Billing, the adapter, the edge and a real payment provider: what each of its cards ends in.
import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { billing, type PaymentState } from "@shop/billing";
import { serve } from "ashlar/http";
import { system } from "ashlar/module";
import { eventually, testApp } from "ashlar/testing";
import billingModule from "../../../modules/billing/src/module.ts";
import { startPaymentProvider } from "../../../payment-provider/start.ts";
import { httpPaymentProvider } from "../payment-provider-adapter.ts";

const SECRET = "a secret for the notices";
const actor = system("test");
const directory = mkdtempSync(join(tmpdir(), "payments-"));
const startProvider = (port = 0) =>
  startPaymentProvider({
    key: "the key",
    stateFile: join(directory, "state.ndjson"),
    port,
    times: { slowMs: 50, hangMs: 100, settleMs: 1, retryMs: 5, retryMaxMs: 50 },
  });
let provider = await startProvider();
const { app, adminQuery, clock, jobs } = await testApp({
  modules: [billingModule],
  settings: { billing: { webhookSecret: SECRET } },
  adapters: { billing: { payments: httpPaymentProvider({ url: provider.url, key: "the key" }) } },
  authenticate: async () => null,
});
const edge = await serve(app, { host: "127.0.0.1", port: 0 });
const webhook = `${edge.url}/v1/payments/webhook`;
await provider.setWebhook({ url: webhook, secret: SECRET });
after(async () => {
  await provider.stop();
  await edge.stop();
  rmSync(directory, { recursive: true });
});

describe("a payment, from the card to the ledger", () => {
  const cards: [card: string, ends: PaymentState, notices: number][] = [
    ["card_success", "captured", 2],
    ["card_slow", "captured", 2],
    ["card_timeout_after_capture", "captured", 2],
    ["card_webhook_twice", "captured", 2],
    ["card_webhook_out_of_order", "captured", 2],
    ["card_declined", "declined", 1],
    ["card_of_nobody", "declined", 1],
  ];
  for (const [card, ends, notices] of cards) {
    it(`with ${card} is ${ends}, once, by job and notices together`, async () => {
      const { id, orderId } = await begin(card);
      await jobs.runDue();
      await eventually(`${card} is ${ends}`, async () => (await stateOf(id)) === ends);
      await eventually(`all notices of ${card} are taken`, async () => (await noticesOf(id)) === notices);
      clock.advance(3_000);
      await jobs.runDue();
      assert.equal(await stateOf(id), ends);
      assert.equal(await entriesOf(id), ends === "captured" ? 1 : 0);
      assert.equal(await eventsOf(orderId), 1);
    });
  }

  it("goes back when the invoice is credited", async () => {
    const { id, orderId } = await begin("card_success");
    await jobs.runDue();
    await app.execute(billing.creditInvoice, { orderId }, { actor });
    await jobs.runDue();
    assert.equal(await stateOf(id), "refunded");
    await eventually("the notice of the refund is taken", async () => (await noticesOf(id)) === 3);
    assert.equal(await entriesOf(id), 2);
  });
});

describe("a provider that is killed", () => {
  it("takes up what it had done when it is back, and what it had not is done then", async () => {
    const lost = await begin("card_timeout_after_capture");
    await jobs.runDue();
    await provider.stop("SIGKILL");
    const waiting = await begin("card_success");
    clock.advance(3_000);
    await jobs.runDue();
    assert.equal(await stateOf(waiting.id), "pending");

    provider = await startProvider(Number(new URL(provider.url).port));
    clock.advance(60_000);
    await jobs.runDue();
    for (const { id, orderId } of [lost, waiting]) {
      assert.equal(await stateOf(id), "captured");
      // Its notices come too, from the run before or from this one, and change nothing more.
      await eventually("both notices are taken", async () => (await noticesOf(id)) === 2);
      assert.deepEqual([await entriesOf(id), await eventsOf(orderId)], [1, 1]);
    }
  });
});

describe("the webhook", () => {
  const notice = JSON.stringify({
    id: "evt_1",
    type: "capture.succeeded",
    data: { id: "c", reference: "r" },
  });
  const sign = (body: string | Buffer, seconds = Math.floor(Date.now() / 1000)) =>
    `t=${seconds},v1=${createHmac("sha256", SECRET).update(`${seconds}.`).update(body).digest("hex")}`;
  const send = (body: string | Buffer, signature?: string, type = "application/json") =>
    fetch(webhook, {
      method: "POST",
      headers: {
        "content-type": type,
        ...(signature === undefined ? {} : { "payment-signature": signature }),
      },
      body,
    });

  it("takes what is signed", async () => {
    const answer = await send(notice, sign(notice));
    assert.deepEqual([answer.status, await answer.json()], [200, { outcome: "unknown" }]);
  });

  it("refuses what is not signed, signed otherwise, long ago or over other bytes", async () => {
    const bytes = Buffer.concat([Buffer.from(notice), Buffer.from([0xff])]);
    const refused: [string | Buffer, string | undefined][] = [
      [notice, undefined],
      [notice, sign(`${notice} `)],
      [notice, sign(notice, Math.floor(Date.now() / 1000) - 3_600)],
      [notice, sign(`\ufeff${notice}`)],
      [bytes, sign(bytes)],
      [notice, "x".repeat(8_000)],
    ];
    for (const [body, signature] of refused) {
      const answer = await send(body, signature);
      const { code } = (await answer.json()) as { code: string };
      assert.deepEqual([answer.status, code], [401, "BILLING_SIGNATURE_INVALID"]);
    }
  });

  it("refuses what is signed and no notice, too large, or of another type", async () => {
    assert.equal((await send("[]", sign("[]"))).status, 422);
    const large = "x".repeat(70_000);
    assert.equal((await send(large, sign(large))).status, 413);
    assert.equal((await send(notice, sign(notice), "text/plain")).status, 415);
  });
});

async function begin(card: string) {
  const orderId = randomUUID();
  const lines = [{ description: "Mallet", quantity: 1, unitAmount: 4999 }];
  const order = { orderId, accountId: randomUUID(), currency: "USD", lines };
  const invoice = await app.execute(billing.issueInvoice, order, { actor });
  const payment = await app.execute(billing.payInvoice, { invoiceId: invoice.id, card }, { actor });
  return { id: payment.id, orderId };
}

async function stateOf(id: string): Promise<PaymentState> {
  return (await app.execute(billing.getPayment, { id }, { actor })).state;
}

async function noticesOf(id: string): Promise<number> {
  const [row] = await adminQuery<{ notices: number }>`
    select count(*)::int as notices from billing.payment_notices where payment_id = ${id}`;
  return row!.notices;
}

async function entriesOf(id: string): Promise<number> {
  const [row] = await adminQuery<{ entries: number }>`
    select count(*)::int as entries from billing.journal_entries where document_id = ${id}`;
  return row!.entries;
}

async function eventsOf(orderId: string): Promise<number> {
  const captured = await jobs.published(billing.paymentCaptured);
  const declined = await jobs.published(billing.paymentDeclined);
  return [...captured, ...declined].filter(({ key }) => key === orderId).length;
}

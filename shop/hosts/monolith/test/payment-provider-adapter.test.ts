import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { startPaymentProvider } from "../../../payment-provider/start.ts";
import { httpPaymentProvider } from "../payment-provider-adapter.ts";

const directory = mkdtempSync(join(tmpdir(), "adapter-"));
const process = await startPaymentProvider({
  key: "the key",
  stateFile: join(directory, "state.ndjson"),
  times: { slowMs: 10, hangMs: 60_000 },
});
after(async () => {
  await process.stop();
  rmSync(directory, { recursive: true });
});
const provider = httpPaymentProvider({ url: process.url, key: "the key" });
const never = new AbortController().signal;
const failed = { name: "PaymentProviderError", code: "BILLING_PAYMENT_PROVIDER_FAILED" };

function capture(card: string, paymentId: string = randomUUID(), through = provider) {
  return through.capture({ paymentId, amount: 4999, currency: "USD", card }, never);
}

describe("the payment provider over HTTP", () => {
  it("captures, declines and takes its time", async () => {
    assert.equal((await capture("card_success")).state, "succeeded");
    assert.equal((await capture("card_slow")).state, "succeeded");
    const { id, ...declined } = await capture("card_declined");
    assert.deepEqual(declined, { state: "declined", reason: "insufficient_funds" });
    assert.match(id, /^cap_/);
  });

  it("captures once for a payment, and finds what became of it", async () => {
    const paymentId = randomUUID();
    assert.equal(await provider.findByReference(paymentId, never), null);
    const first = await capture("card_success", paymentId);
    assert.deepEqual(await capture("card_success", paymentId), first);
    assert.deepEqual(await provider.findByReference(paymentId, never), first);
  });

  it("gives up an answer that does not come, and hears of the capture when it asks again", async () => {
    const paymentId = randomUUID();
    const hasty = httpPaymentProvider({ url: process.url, key: "the key", timeoutMs: 100 });
    await assert.rejects(capture("card_timeout_after_capture", paymentId, hasty), failed);
    const found = await provider.findByReference(paymentId, never);
    assert.equal(found?.state, "succeeded");
    assert.deepEqual(await capture("card_timeout_after_capture", paymentId), found);
  });

  it("refunds once for a payment", async () => {
    const paymentId = randomUUID();
    const { id: captureId } = await capture("card_success", paymentId);
    const refund = () => provider.refund({ paymentId, captureId, amount: 4999 }, never);
    assert.deepEqual(await refund(), await refund());
  });

  it("lists what moved on a day, all pages of it", async () => {
    const payments = Array.from({ length: 501 }, () => randomUUID());
    const captures = await Promise.all(payments.map((paymentId) => capture("card_success", paymentId)));
    const [paymentId, captureId] = [payments[0]!, captures[0]!.id];
    const refund = await provider.refund({ paymentId, captureId, amount: 4999 }, never);
    const listed = await provider.listTransactions(new Date().toISOString().slice(0, 10), never);
    const byId = new Map(listed.map((transaction) => [transaction.id, transaction]));
    for (const { id } of captures) assert.equal(byId.get(id)?.kind, "capture");
    assert.deepEqual(byId.get(refund.id), {
      id: refund.id,
      kind: "refund",
      reference: paymentId,
      amount: 4999,
      currency: "USD",
    });
    assert.equal(listed.length, byId.size);
  });

  it("fails with a code of its own when the provider refuses or is not there, and names no key", async () => {
    const stranger = httpPaymentProvider({ url: process.url, key: "a wrong key" });
    await assert.rejects(capture("card_success", randomUUID(), stranger), (error: Error) => {
      assert.equal((error as Error & { code: string }).code, failed.code);
      assert.match(error.message, /answered POST \/v1\/captures with 401/);
      assert.ok(!error.message.includes("a wrong key"));
      return true;
    });
    const nowhere = httpPaymentProvider({ url: "http://127.0.0.1:1", key: "the key" });
    await assert.rejects(capture("card_success", randomUUID(), nowhere), failed);
  });

  it("stops when it is told to, with the reason it was given", async () => {
    const reason = new Error("enough");
    const request = {
      paymentId: randomUUID(),
      amount: 1,
      currency: "USD",
      card: "card_timeout_after_capture",
    };
    const stopping = new AbortController();
    const asked = provider.capture(request, stopping.signal);
    stopping.abort(reason);
    await assert.rejects(asked, reason);
  });
});

// From the card to the refund: the shop as a process, its worker, and the payment provider as another process.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { eventually } from "ashlar/testing";
import { type PaymentProviderProcess, startPaymentProvider } from "../payment-provider/start.ts";
import { brokenInvariants } from "./invariants.ts";
import { captureNotice, noticeHeaders, signed } from "./payment-notice.ts";
import { patiently, quiet } from "./quiet.ts";
import { ShopClient } from "./shop-client.ts";
import { isRepetition, newHome, type ShopProcess, startShop } from "./shop-process.ts";
import { asAdmin, newDatabase } from "./test-databases.ts";

const SKU = "HL-PAN-24";
const SECRET = "the secret of the notices";
const WEBHOOK = "/v1/payments/webhook";

describe("paying an order", { skip: isRepetition }, () => {
  const home = newHome();
  const mail = join(home, "mail");
  let databaseUrl: string;
  let provider: PaymentProviderProcess;
  let shop: ShopProcess;
  let customer: ShopClient;
  let port = "0";

  before(async () => {
    databaseUrl = await newDatabase();
    provider = await startPaymentProvider({
      key: "the key of the shop",
      stateFile: join(home, "payments.ndjson"),
      times: { slowMs: 300, hangMs: 300, settleMs: 10, retryMs: 20 },
    });
    const url = await start();
    port = new URL(url).port;
    await provider.setWebhook({ url: `${url}${WEBHOOK}`, secret: SECRET });
    customer = new ShopClient(url);
    await customer.register();
  });

  after(async () => {
    customer.close();
    assert.equal(await shop.ended("SIGTERM"), 0);
    await provider.stop();
  });

  afterEach(async () => {
    await quiet(databaseUrl);
    assert.deepEqual(await brokenInvariants(databaseUrl), []);
  });

  for (const card of [
    "card_success",
    "card_slow",
    "card_timeout_after_capture",
    "card_webhook_twice",
    "card_webhook_out_of_order",
  ]) {
    it(`with ${card} makes it paid, with one capture, and tells its buyer once`, async () => {
      const order = await placed();
      const payment = await pay(order, card);
      await becomes(order, "paid");
      const { body: shown } = await customer.send("GET", `/v1/payments/${payment.id}`);
      assert.deepEqual([shown.state, shown.total], ["captured", order.total]);
      assert.equal((await customer.send("GET", `/v1/invoices/${order.invoice.id}`)).body.state, "paid");
      await quiet(databaseUrl);
      assert.equal((await capturesOf(payment.id)).length, 1);
      assert.deepEqual(mailsAbout(order), ["paid", "placed"]);
      const again = await customer.pay(order.invoice.id, card);
      assert.deepEqual([again.status, again.body.code], [409, "BILLING_ALREADY_PAID"]);
    });
  }

  it("with card_declined leaves it placed, and another card may be tried", async () => {
    const order = await placed();
    const payment = await pay(order, "card_declined");
    await eventually("the payment is declined", async () => {
      const { body } = await customer.send("GET", `/v1/payments/${payment.id}`);
      return body.state === "declined" && body.declineReason === "insufficient_funds";
    });
    assert.equal(await stateOf(order), "placed");
    await pay(order, "card_success");
    await becomes(order, "paid");
  });

  it("and cancelling it brings the money back", async () => {
    const before = await available();
    const order = await placed();
    const payment = await pay(order, "card_success");
    await becomes(order, "paid");
    const cancelled = await customer.send("POST", `/v1/orders/${order.id}/cancel`);
    assert.deepEqual([cancelled.status, cancelled.body.state], [200, "cancelled"]);
    await becomes(order, "refunded");
    const { body: shown } = await customer.send("GET", `/v1/payments/${payment.id}`);
    assert.equal(shown.state, "refunded");
    assert.equal(await available(), before);
    await quiet(databaseUrl);
    assert.deepEqual(mailsAbout(order), ["cancelled", "paid", "placed", "refunded"]);
    const moved = await movedToday();
    const refunds = moved.filter(({ reference, id }) => reference === payment.id && id.startsWith("ref_"));
    assert.deepEqual(
      refunds.map(({ amount }) => amount),
      [order.total.amount],
    );
  });

  it("while it is being cancelled keeps no money", async () => {
    const order = await placed();
    await pay(order, "card_slow");
    assert.equal((await customer.send("POST", `/v1/orders/${order.id}/cancel`)).status, 200);
    await quiet(databaseUrl);
    assert.match(await stateOf(order), /^(?:cancelled|refunded)$/);
    const moved = await movedToday();
    const balance = moved
      .filter(({ reference }) => reference === order.paymentId)
      .reduce((sum, { id, amount }) => sum + (id.startsWith("ref_") ? -amount : amount), 0);
    assert.equal(balance, 0);
  });

  it("in time is what keeps it: it expires otherwise, and cannot be paid any more", async () => {
    const before = await available();
    const [order, other] = [await placed(), await placed()];
    await pay(other, "card_success");
    await becomes(other, "paid");
    await asAdmin(databaseUrl, async (client) => {
      await client.query(
        "update ordering.orders set expires_at = now() - interval '1 s' where id = any ($1)",
        [[order.id, other.id]],
      );
      // The next minute, now.
      await client.query("update ordering._schedules set next_at = now() where name = 'expireOrders'");
    });
    await becomes(order, "expired");
    assert.equal(await stateOf(other), "paid");
    assert.equal(await available(), before - 1);
    await quiet(databaseUrl);
    assert.deepEqual(mailsAbout(order), ["expired", "placed"]);
    const late = await customer.pay(order.invoice.id, "card_success");
    assert.deepEqual([late.status, late.body.code], [409, "BILLING_INVOICE_CREDITED"]);
  });

  it("is not done by a notice that is forged, old or of somebody else's making", async () => {
    const order = await placed();
    const notice = captureNotice(randomUUID(), order.total);
    const now = Math.floor(Date.now() / 1000);
    for (const signature of [
      signed("another secret, as long", notice),
      signed(SECRET, notice, now - 3600),
      signed(SECRET, notice, now + 3600),
      signed(SECRET, `${notice} `),
      "t=,v1=",
      "nonsense",
    ]) {
      const reply = await notify(notice, signature);
      assert.deepEqual([reply.status, reply.body.code], [401, "BILLING_SIGNATURE_INVALID"], signature);
    }
    const unknown = await notify(notice, signed(SECRET, notice));
    assert.ok(unknown.status < 300, "the provider need not repeat what we do not know");
    assert.equal(await stateOf(order), "placed");
  });

  it("is done once, however often its notice comes again", async () => {
    const order = await placed();
    const payment = await pay(order, "card_success");
    await becomes(order, "paid");
    const [capture] = await capturesOf(payment.id);
    assert.ok(capture);
    const notice = JSON.stringify({
      id: `evt_${randomUUID()}`,
      type: "capture.succeeded",
      createdAt: capture.createdAt,
      data: capture,
    });
    for (let times = 0; times < 3; times++) {
      const reply = await notify(notice, signed(SECRET, notice));
      assert.ok(reply.status < 300, JSON.stringify(reply.body));
    }
    await quiet(databaseUrl);
    assert.deepEqual(mailsAbout(order), ["paid", "placed"]);
  });

  it("goes on where it was when shop and provider are killed in the middle of it", async () => {
    const order = await placed();
    const payment = await pay(order, "card_slow");
    await provider.stop("SIGKILL");
    const { url, key } = provider;
    await shop.ended("SIGKILL");
    provider = await startPaymentProvider({
      key,
      port: Number(new URL(url).port),
      stateFile: join(home, "payments.ndjson"),
      times: { slowMs: 100, hangMs: 300, settleMs: 10, retryMs: 20 },
    });
    await start();
    await becomes(order, "paid");
    assert.equal((await capturesOf(payment.id)).length, 1);
  });

  it("that is under way is finished before the shop stops, and none is begun", async () => {
    const order = await placed();
    const payment = await pay(order, "card_slow");
    await asAdmin(databaseUrl, async (client) => {
      await eventually("the capture is under way", async () => {
        const { rows } = await client.query("select from billing._jobs where worker is not null");
        return rows.length > 0;
      });
      assert.equal(await shop.ended("SIGTERM"), 0);
      const { rows } = await client.query("select state from billing.payments where id = $1", [payment.id]);
      assert.deepEqual(rows, [{ state: "captured" }]);
      // Of the one that was killed before there may still be a row.
      const { rows: workers } = await client.query("select from ashlar.workers where pid = $1", [
        shop.child.pid,
      ]);
      assert.deepEqual(workers, [], "nobody has to find out that it is gone");
    });
    await start();
    await becomes(order, "paid");
  });

  /** Starts the shop, on the port that it had before if there was one, and tells its URL. */
  async function start(): Promise<string> {
    shop = startShop({
      DATABASE_URL: databaseUrl,
      ASHLAR_HOME: home,
      ASHLAR_DEMO: "1",
      PORT: port,
      PAYMENT_PROVIDER_URL: provider.url,
      PAYMENT_PROVIDER_KEY: provider.key,
      PAYMENT_WEBHOOK_SECRET: SECRET,
      // What goes wrong here is meant to.
      LOG_LEVEL: "fatal",
    });
    return (await shop.ready()).url;
  }

  interface Placed {
    readonly id: string;
    readonly invoice: { readonly id: string };
    readonly total: { readonly amount: number; readonly currency: string };
    paymentId?: string;
  }

  async function placed(): Promise<Placed> {
    assert.equal((await customer.put(SKU, 1)).status, 200);
    const { status, body } = await customer.order();
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.state, "placed");
    return body;
  }

  async function pay(order: Placed, card: string): Promise<{ id: string }> {
    const { status, body } = await customer.pay(order.invoice.id, card);
    assert.ok(status < 300, JSON.stringify(body));
    order.paymentId = body.id;
    return body;
  }

  async function stateOf({ id }: Placed): Promise<string> {
    return (await customer.send("GET", `/v1/orders/${id}`)).body.state;
  }

  function becomes(order: Placed, state: string): Promise<void> {
    return patiently(`the order is ${state}`, async () => (await stateOf(order)) === state);
  }

  async function available(): Promise<number> {
    return (await customer.send("GET", `/v1/products/${SKU}`)).body.available;
  }

  /** The occasions that the buyer of the order was written to about. */
  function mailsAbout({ id }: Placed): string[] {
    return readdirSync(mail)
      .filter((file) => file.startsWith(id))
      .sort()
      .map((file) => {
        assert.match(readFileSync(join(mail, file), "utf8"), new RegExp(id));
        return file.slice(id.length + 1, -".eml".length);
      });
  }

  async function ask(path: string) {
    const answer = await fetch(`${provider.url}${path}`, {
      headers: { authorization: `Bearer ${provider.key}` },
    });
    return (await answer.json()) as {
      items: { id: string; reference: string; amount: number; createdAt: string }[];
    };
  }

  async function capturesOf(reference: string) {
    return (await ask(`/v1/captures?reference=${reference}`)).items;
  }

  async function movedToday() {
    return (await ask(`/v1/transactions?day=${new Date().toISOString().slice(0, 10)}`)).items;
  }

  function notify(text: string, signature: string) {
    return customer.send("POST", WEBHOOK, { text, headers: noticeHeaders(signature) });
  }
});

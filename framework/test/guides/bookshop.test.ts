// What the guides to jobs and events quote, run. `excerpts.test.ts` compares the quotations.
import assert from "node:assert/strict";
import { test } from "node:test";
import { testApp } from "../../src/testing/index.ts";
import { capturePayment } from "./bookshop/billing/capture-payment.ts";
import { billing } from "./bookshop/billing/contract.ts";
import billingModule from "./bookshop/billing/module.ts";
import { billing as secondVersion } from "./bookshop/billing/second-version.ts";
import { ordering } from "./bookshop/ordering/contract.ts";
import { expireOrders, sendReceipt } from "./bookshop/ordering/jobs.ts";
import orderingModule from "./bookshop/ordering/module.ts";

const mails: { to: string; subject: string }[] = [];
const captured: string[] = [];
const shop = await testApp({
  modules: [billingModule, orderingModule],
  adapters: {
    ordering: { mail: { send: async (mail: { to: string; subject: string }) => void mails.push(mail) } },
    billing: {
      payments: {
        capture: async ({ idempotencyKey }: { idempotencyKey: string }) => void captured.push(idempotencyKey),
      },
    },
  },
});

test("an order sends its receipt a minute later", async () => {
  await shop.app.execute(ordering.placeOrder, { email: "ada@example.org" });
  assert.equal((await shop.jobs.enqueued(sendReceipt)).length, 1);
  await shop.jobs.runDue();
  assert.deepEqual(mails, []);
  shop.clock.advance(60_000);
  const done = await shop.jobs.runDue();
  assert.deepEqual(
    done.map(({ kind, outcome }) => [kind, outcome]),
    [["ordering.sendReceipt", "completed"]],
  );
  assert.deepEqual(mails, [{ to: "ada@example.org", subject: "Thank you" }]);
});

test("a captured payment is told to ordering, whose order is paid then", async () => {
  const { orderId } = await shop.app.execute(ordering.placeOrder, { email: "bob@example.org" });
  await shop.adminQuery`insert into billing.payments (id, order_id, cents) values ('p-1', ${orderId}, 700)`;
  await shop.app.enqueue(capturePayment, { paymentId: "p-1" });
  await shop.jobs.runDue();
  assert.deepEqual(captured, ["p-1"]);
  const published = await shop.jobs.published(billing.paymentCaptured);
  assert.deepEqual(
    published.map(({ key, payload }) => [key, payload]),
    [[orderId, { paymentId: "p-1", orderId, cents: 700 }]],
  );
  const [order] = await shop.adminQuery`select state from ordering.orders where id = ${orderId}`;
  assert.deepEqual(order, { state: "paid" });
});

test("orders expire when their schedule comes round", async () => {
  const { orderId } = await shop.app.execute(ordering.placeOrder, { email: "cyd@example.org" });
  await shop.adminQuery`update ordering.orders set placed_at = '2000-01-01' where id = ${orderId}`;
  shop.clock.advance(25 * 3_600_000);
  const done = await shop.jobs.runDue();
  assert.ok(done.some(({ kind, outcome }) => kind === expireOrders.id && outcome === "completed"));
  const [order] = await shop.adminQuery`select state from ordering.orders where id = ${orderId}`;
  assert.deepEqual(order, { state: "expired" });
});

test("an old payment gets its currency from the upcast", () => {
  const upcast = secondVersion.paymentCaptured.upcast[1] as (payload: object) => unknown;
  assert.deepEqual(upcast({ paymentId: "p", orderId: "o", cents: 5 }), {
    paymentId: "p",
    orderId: "o",
    amount: { cents: 5, currency: "EUR" },
  });
});

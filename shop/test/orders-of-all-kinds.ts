import assert from "node:assert/strict";
import { join } from "node:path";
import { after } from "node:test";
import { billing } from "@shop/billing";
import type { Order, OrderState } from "@shop/ordering";
import { startPaymentProvider } from "../payment-provider/start.ts";
import { newHome } from "./shop-process.ts";
import { buyer, stock, type TestShop, testShop } from "./test-shop.ts";

/** A shop beside a payment provider of its own, which is not told where to send its notices: the jobs ask it. */
export async function payableShop(): Promise<TestShop> {
  const provider = await startPaymentProvider({ key: "key", stateFile: join(newHome(), "payments.ndjson") });
  after(() => provider.stop());
  const { url, key } = provider;
  const shop = await testShop({ url, key, webhookSecret: "nobody sends a notice here" });
  await stock(shop, { mallet: { price: 19.99, stock: 100 }, chisel: { price: 8.5, stock: 100 } });
  return shop;
}

/** One order in each state that there is, and one whose card was declined, with all that comes of it done. */
export async function ordersOfAllKinds(
  shop: TestShop,
): Promise<Readonly<Record<OrderState | "declined", Order>>> {
  const account = buyer(shop);
  const email = `${account.id}@example.org`;
  await shop.adminQuery`
    insert into identity.accounts (id, email, email_key, password_hash, roles, created_at)
    values (${account.id}, ${email}, ${email}, '', '{customer}', now())`;
  const make = async (wanted: OrderState | "declined"): Promise<Order> => {
    await account.put("mallet", 2);
    await account.put("chisel", 1);
    const order = await account.place();
    const pay = (card: string) =>
      shop.app.execute(billing.payInvoice, { invoiceId: order.invoice.id, card }, { actor: account.actor });
    if (wanted === "paid" || wanted === "refunded") await pay("card_success");
    if (wanted === "declined") await pay("card_declined");
    await shop.jobs.runDue();
    if (wanted === "cancelled" || wanted === "refunded") await account.cancel(order.id);
    if (wanted === "expired") {
      await shop.adminQuery`update ordering.orders set expires_at = now() where id = ${order.id}`;
      shop.clock.advance(60_000);
    }
    await shop.jobs.runDue();
    const after = await account.show(order.id);
    assert.equal(after.state, wanted === "declined" ? "placed" : wanted);
    return after;
  };
  return {
    placed: await make("placed"),
    paid: await make("paid"),
    cancelled: await make("cancelled"),
    expired: await make("expired"),
    refunded: await make("refunded"),
    declined: await make("declined"),
  };
}

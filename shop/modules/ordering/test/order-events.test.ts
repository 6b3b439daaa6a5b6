// What happens to an order by itself: money that comes and goes, time that runs out, and the mails about it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { AnyEvent } from "ashlar/contract";
import { ordering } from "../contract/index.ts";
import { expireOrders, sendOrderMail } from "../src/jobs.ts";
import { buyer, orderingApp } from "./ordering-app.ts";

const shop = await orderingApp();
const { adminQuery, calls, clock, jobs, mails, addresses } = shop;
const { post } = shop;

beforeEach(() => {
  for (const list of [...Object.values(calls), mails]) list.length = 0;
  shop.post = post;
});
// Every job is done, and none failed, unless a test has seen to that itself.
afterEach(async () => assert.deepEqual(await deadJobs(), []));

describe("a payment", () => {
  it("makes the order paid, once, and it no longer expires", async () => {
    const { order, show } = await placed();
    clock.advance(60_000);
    const paidAt = clock.now().toISOString();
    await happens("billing.paymentCaptured", order.id);
    clock.advance(60_000);
    await happens("billing.paymentCaptured", order.id);
    assert.deepEqual(await show(order.id), { ...order, state: "paid", expiresAt: null, paidAt });
    assert.equal(await timesTold(ordering.orderPaid, order.id), 1);
    await makeOverdue(order.id);
    await jobs.runDue();
    assert.equal((await show(order.id)).state, "paid");
    assert.deepEqual(calls.released, []);
  });

  it("that comes too late leaves a cancelled order cancelled and an expired one expired", async () => {
    const [first, second] = [await placed(), await placed()];
    await first.cancel(first.order.id);
    await expire(second.order.id);
    for (const { order } of [first, second]) await happens("billing.paymentCaptured", order.id);
    const cancelled = await first.show(first.order.id);
    assert.deepEqual([cancelled.state, cancelled.paidAt], ["cancelled", null]);
    const expired = await second.show(second.order.id);
    assert.deepEqual([expired.state, expired.paidAt], ["expired", null]);
    for (const { order } of [first, second]) assert.equal(await timesTold(ordering.orderPaid, order.id), 0);
    for (const { order } of [first, second]) await happens("billing.paymentRefunded", order.id);
    assert.equal((await first.show(first.order.id)).state, "refunded");
    assert.equal((await second.show(second.order.id)).state, "expired");
    const told = mails.filter(({ id }) => id.endsWith(".refunded")).map(({ id }) => id);
    assert.deepEqual(
      told,
      [first, second].map(({ order }) => `${order.id}.refunded`),
    );
  });

  it("changes nothing when what is told comes in another order than it happened", async () => {
    const { order, cancel, show } = await placed();
    await happens("billing.paymentRefunded", order.id);
    assert.equal((await show(order.id)).state, "placed");
    await cancel(order.id);
    await happens("billing.paymentRefunded", order.id);
    await happens("billing.paymentCaptured", order.id);
    assert.equal((await show(order.id)).state, "refunded");
  });

  it("of an order that is paid can be taken back by a cancellation, and then comes back", async () => {
    const { order, cancel, show } = await placed();
    await happens("billing.paymentCaptured", order.id);
    assert.equal((await cancel(order.id)).state, "cancelled");
    assert.deepEqual([calls.released, calls.credited], [[order.id], [order.id]]);
    await happens("billing.paymentRefunded", order.id);
    const refunded = await show(order.id);
    assert.equal(refunded.state, "refunded");
    assert.equal(refunded.refundedAt, clock.now().toISOString());
    assert.equal(await timesTold(ordering.orderRefunded, order.id), 1);
    await assert.rejects(cancel(order.id), { code: "ORDERING_NOT_CANCELLABLE", data: { state: "refunded" } });
  });

  it("of no order is a dead letter: somebody has to look at it", async () => {
    await happens("billing.paymentCaptured", randomUUID());
    const [dead] = await deadJobs();
    assert.equal(dead?.kind, "on.markOrderPaid");
    await adminQuery`delete from ordering._dead_jobs`;
  });
});

describe("an order that is not paid", () => {
  it("expires when its time is over: stock released, invoice credited, and told", async () => {
    const { order, show } = await placed();
    const other = await placed();
    await expire(order.id);
    assert.deepEqual(await show(order.id), {
      ...order,
      state: "expired",
      expiresAt: null,
      expiredAt: clock.now().toISOString(),
    });
    assert.deepEqual([calls.released, calls.credited], [[order.id], [order.id]]);
    assert.equal(await timesTold(ordering.orderExpired, order.id), 1);
    assert.equal((await other.show(other.order.id)).state, "placed");
    await assert.rejects(other.cancel(order.id), { code: "ORDERING_ORDER_NOT_FOUND" });
  });

  it("expires with more others than go into one batch", async () => {
    const { order, id: accountId } = await placed();
    await adminQuery`
      with others as (
        insert into ordering.orders (id, account_id, state, currency, total_amount, invoice_id, invoice_number,
          placed_at, expires_at)
        select gen_random_uuid(), account_id, 'placed', currency, total_amount, invoice_id, invoice_number, placed_at,
          now() - interval '1 minute' - n % 7 * interval '1 second'
        from ordering.orders, generate_series(1, 250) n where id = ${order.id}
        returning id
      )
      insert into ordering.order_lines (order_id, position, sku, name, quantity, unit_amount)
      select others.id, position, sku, name, quantity, unit_amount
      from others, ordering.order_lines where order_id = ${order.id}`;
    await runExpiry();
    const [row] = await adminQuery<{ expired: number; open: number }>`
      select count(*) filter (where state = 'expired')::int as expired,
        count(*) filter (where state = 'placed')::int as open
      from ordering.orders where account_id = ${accountId}`;
    assert.deepEqual(row, { expired: 250, open: 1 });
    assert.equal(new Set(calls.credited).size, 250);
  });

  it("does not keep the others when it cannot expire, and is tried again", async () => {
    const [bad, good] = [await placed(), await placed()];
    shop.refuseCredit = bad.order.id;
    await Promise.all([bad, good].map(({ order }) => makeOverdue(order.id)));
    const [attempt] = await runExpiry();
    assert.equal(attempt?.outcome, "failed");
    assert.equal((await bad.show(bad.order.id)).state, "placed");
    assert.equal((await good.show(good.order.id)).state, "expired");
    shop.refuseCredit = null;
    clock.advance(24 * 3_600_000);
    await jobs.runDue();
    assert.equal((await bad.show(bad.order.id)).state, "expired");
  });

  it("never expires when it was placed before there was a limit", async () => {
    const { order, show } = await placed();
    await adminQuery`update ordering.orders set expires_at = null where id = ${order.id}`;
    await runExpiry();
    const shown = await show(order.id);
    assert.deepEqual([shown.state, shown.expiresAt], ["placed", null]);
  });
});

describe("the buyer", () => {
  it("is written to about everything that becomes of an order", async () => {
    const { order, id: accountId, cancel } = await placed();
    await happens("billing.paymentCaptured", order.id);
    await cancel(order.id);
    await happens("billing.paymentRefunded", order.id);
    assert.deepEqual(
      mails.map(({ id, to }) => [id, to]),
      ["placed", "paid", "cancelled", "refunded"].map((occasion) => [
        `${order.id}.${occasion}`,
        `${accountId}@example.org`,
      ]),
    );
    assert.match(mails[0]?.subject ?? "", /^We have your order \(INV-\d+\)$/);
    assert.match(mails[0]?.text ?? "", /1 x Mallet: USD 19\.99/);
  });

  it("gets one mail about it, however often the event comes", async () => {
    const { order } = await placed();
    await happens("ordering.orderPlaced", order.id);
    await happens("ordering.orderPlaced", order.id);
    assert.equal(mails.filter(({ id }) => id === `${order.id}.placed`).length, 1);
  });

  it("gets it later when the mailer fails, under the same id", async () => {
    shop.post = async () => {
      throw new Error("The mail server is down.");
    };
    const { order, show } = await placed();
    await jobs.runDue();
    const [waiting] = await jobs.enqueued(sendOrderMail);
    assert.deepEqual([waiting?.payload.orderId, waiting?.attempt], [order.id, 1]);
    assert.equal((await show(order.id)).state, "placed", "the order does not depend on it");
    shop.post = post;
    clock.advance(24 * 3_600_000);
    await jobs.runDue();
    assert.deepEqual(
      mails.map(({ id }) => id),
      [`${order.id}.placed`],
    );
  });

  it("gets none when the account is gone, or nothing can be sent to its address", async () => {
    const accounts = [randomUUID(), randomUUID()] as const;
    addresses.set(accounts[0], null);
    shop.post = async () => "undeliverable";
    for (const account of accounts) await placed(account);
    await jobs.runDue();
    assert.deepEqual([await jobs.enqueued(sendOrderMail), mails], [[], []]);
  });
});

/** An order that was just placed, by a buyer of its own, who was written to. */
async function placed(accountId: string = randomUUID()) {
  const account = buyer(shop, accountId);
  await account.put("mallet", 1);
  return { ...account, order: await account.place() };
}

/** Publishes an event as its module would, with nothing else changed, and lets everything come of it that does. */
async function happens(
  event: "billing.paymentCaptured" | "billing.paymentRefunded" | "ordering.orderPlaced",
  orderId: string,
): Promise<void> {
  const time = clock.now().toISOString();
  const total = { amount: 1999, currency: "USD" };
  const payment = { paymentId: randomUUID(), invoiceId: randomUUID(), orderId, total };
  const payloads: Record<typeof event, object> = {
    "billing.paymentCaptured": { ...payment, capturedAt: time },
    "billing.paymentRefunded": { ...payment, refundedAt: time },
    "ordering.orderPlaced": { orderId, accountId: randomUUID(), total },
  };
  const payload = JSON.stringify(payloads[event]);
  await (event.startsWith("billing.")
    ? adminQuery`
        insert into billing._outbox (event, version, key, payload) values (${event}, 1, ${orderId}, ${payload}::jsonb)`
    : adminQuery`
        insert into ordering._outbox (event, version, key, payload) values (${event}, 1, ${orderId}, ${payload}::jsonb)`);
  await jobs.runDue();
}

function makeOverdue(id: string) {
  return adminQuery`update ordering.orders set expires_at = now() - interval '1 minute' where id = ${id}`;
}

async function expire(id: string): Promise<void> {
  await makeOverdue(id);
  await runExpiry();
}

/** Lets the next minute come, and says how the expiry went. */
async function runExpiry() {
  clock.advance(60_000);
  return (await jobs.runDue()).filter(({ kind }) => kind === expireOrders.id);
}

async function timesTold(event: AnyEvent, orderId: string): Promise<number> {
  return (await jobs.published(event)).filter(({ key }) => key === orderId).length;
}

function deadJobs() {
  return adminQuery<{ kind: string }>`select kind, errors from ordering._dead_jobs`;
}

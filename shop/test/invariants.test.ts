// Each invariant is shown to be able to fail: a check that cannot, proves nothing.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ordering } from "@shop/ordering";
import pg from "pg";
import { brokenInvariants, brokenPromises, invariants } from "./invariants.ts";
import { ordersOfAllKinds, payableShop } from "./orders-of-all-kinds.ts";
import { buyer } from "./test-shop.ts";

const shop = await payableShop();
const { databaseUrl } = shop;
await ordersOfAllKinds(shop);
const { actor, put } = buyer(shop);
await put("mallet", 2);
await put("chisel", 1);
const { answer } = await shop.app.executeOnce(
  ordering.placeOrder,
  {},
  {
    actor,
    idempotency: { key: "kept", fingerprint: Buffer.from("kept") },
    answer: (order) => ({ status: 201, body: JSON.stringify(order), headers: {} }),
  },
);
const placed = JSON.parse(answer.body!) as { id: string };

/** A bug, as the change that it would make, by the invariants that must notice it. */
const bugs: Readonly<Record<string, readonly string[]>> = {
  "every order has exactly one invoice, its own, of the same amount": [
    "delete from billing.invoices",
    "update ordering.orders set total_amount = total_amount + 1 where state = 'placed'",
    "update ordering.orders set invoice_id = gen_random_uuid() where state = 'placed'",
    "update billing.invoices set account_id = gen_random_uuid()",
  ],
  "every invoice belongs to an order": ["delete from ordering.orders where state = 'placed'"],
  "an order has come to its end exactly when its invoice is credited": [
    "delete from billing.credit_notes",
    "update ordering.orders set state = 'placed', cancelled_at = null where state = 'cancelled'",
    "update ordering.orders set state = 'placed', expired_at = null where state = 'expired'",
    "update ordering.orders set state = 'expired', expired_at = now() where state = 'placed'",
  ],
  "the lines of an order and of its invoice come to their totals": [
    "update ordering.order_lines set quantity = quantity + 1 where sku = 'chisel'",
    "delete from ordering.order_lines",
    "update billing.invoice_lines set unit_amount = unit_amount - 1",
  ],
  "numbers are without gap and the series stands at the last one": [
    "update billing.number_series set last_number = last_number + 1 where series = 'invoice'",
    "update billing.invoices set sequence = sequence + 1 where sequence = (select max(sequence) from billing.invoices)",
    "delete from billing.credit_notes",
  ],
  "debits equal credits per currency, in every entry and in all": [
    "update billing.postings set amount = amount + 1 where amount > 0",
    "delete from billing.postings where account = 'revenue'",
    "update billing.postings set currency = 'EUR' where account = 'revenue'",
  ],
  "every invoice and credit note is booked once, with its amount": [
    "delete from billing.postings",
    "delete from billing.journal_entries where document_kind = 'credit_note'",
    "update billing.postings set amount = amount * 2",
  ],
  "nothing is booked for a document that does not exist": [
    "delete from billing.credit_notes",
    "delete from billing.payments where state = 'captured'",
    "update billing.payments set refunded_at = null, state = 'refund_due' where state = 'refunded'",
  ],
  "every capture and every refund is booked once, with its amount": [
    "delete from billing.journal_entries where document_kind = 'payment'",
    "delete from billing.journal_entries where document_kind = 'refund'",
    "update billing.payments set amount = amount + 1 where state = 'captured'",
    "update billing.postings set amount = 2 * amount where account = 'provider_clearing'",
  ],
  "a paid order has one captured payment, of its amount, and one that has come to its end has none": [
    "update billing.payments set state = 'pending', captured_at = null where state = 'captured'",
    "update billing.payments set amount = amount - 1 where state = 'captured'",
    "update billing.payments set state = 'captured', refunded_at = null where state = 'refunded'",
    "update ordering.orders set state = 'paid', paid_at = now() where state = 'placed'",
  ],
  "a placed order whose payment is captured is about to hear of it": [
    "update ordering.orders set state = 'placed', paid_at = null where state = 'paid'",
  ],
  "the money of a refunded order has come once and gone once": [
    "update billing.payments set state = 'refund_due', refunded_at = null where state = 'refunded'",
    "insert into billing.payments (id, invoice_id, state, currency, amount, created_at, captured_at, refunded_at) " +
      "select gen_random_uuid(), invoice_id, state, currency, amount, created_at, captured_at, refunded_at " +
      "from billing.payments where state = 'refunded'",
    "update ordering.orders set state = 'refunded', refunded_at = now() where state = 'cancelled'",
  ],
  "every payment that is under way has a job that goes on with it": [
    "update billing.payments set state = 'refund_due' where state = 'captured'",
    "update billing.payments set state = 'pending', captured_at = null where state = 'captured'",
  ],
  "stock is never negative, and what is reserved is what the reservations say": [
    "update catalog.stock set reserved = reserved + 1",
    "update catalog.reservations set quantity = quantity + 1",
    "alter table catalog.stock drop constraint stock_on_hand_check, drop constraint stock_check; " +
      "update catalog.stock set on_hand = -1",
  ],
  "a placed or paid order holds the stock of its lines, and nothing else holds any": [
    "delete from catalog.reservations where sku = 'chisel'",
    "update ordering.orders set state = 'cancelled', cancelled_at = now() where state = 'paid'",
    "update ordering.orders set state = 'expired', expired_at = now() where state = 'placed'",
    "update ordering.orders set state = 'paid', paid_at = now(), cancelled_at = null where state = 'cancelled'",
    "insert into catalog.reservations values ('nobody', 'mallet', 1)",
  ],
  "every idempotency key of an order has one effect: the order that its answer names": [
    "update ordering._idempotency set body = jsonb_set(body::jsonb, '{id}', '\"another\"')::text",
    "insert into ordering._idempotency (actor, operation, key, fingerprint, status, body, headers) " +
      "select actor, operation, 'again', fingerprint, status, body, headers from ordering._idempotency",
    "update ordering._idempotency set status = null",
  ],
  "what happened to an order was told, each once": [
    "delete from ordering._events where event = 'ordering.orderPaid'",
    "delete from ordering._outbox",
    "insert into ordering._outbox (event, version, key, payload) " +
      "select event, version, key, payload from ordering._events where event = 'ordering.orderExpired'",
    "update ordering.orders set refunded_at = null, state = 'cancelled' where state = 'refunded'",
  ],
  "every event was taken in by each of its subscribers, or waits for that, or is a dead letter": [
    "delete from ordering._inbox where subscriber = 'markOrderPaid'",
    "delete from ordering._inbox where publisher = 'ordering'",
    "insert into ordering._subscriptions (name, publisher, event, queue, priority, max_attempts, in_order) " +
      "values ('newcomer', 'billing', 'billing.paymentDeclined', 'default', 0, 1, false)",
  ],
  "nothing is a dead letter": [
    "insert into billing._dead_jobs (id, seq, queue, kind, payload, max_attempts) " +
      "values (0, 0, 'payments', 'capturePayment', '{}', 1)",
  ],
};

describe("the invariants", () => {
  it("hold after orders, payments, cancellations, expiry and refunds", async () => {
    assert.deepEqual(await brokenInvariants(databaseUrl), []);
  });

  it("are all shown to be able to fail", () => {
    assert.deepEqual(Object.keys(bugs), Object.keys(invariants));
  });

  for (const [invariant, changes] of Object.entries(bugs)) {
    for (const change of changes) {
      it(`"${invariant}" notices: ${change}`, async () => {
        const evidence = await evidenceAfter(change, invariants[invariant]!);
        assert.notEqual(evidence.length, 0);
      });
    }
  }

  it("notice an acknowledged order that is gone, or that another request was answered with", async () => {
    assert.deepEqual(await brokenPromises(databaseUrl, [{ key: "kept", orderId: placed.id }]), []);
    for (const promise of [
      { key: "kept", orderId: actor.kind === "account" ? actor.id : "" },
      { key: "lost", orderId: placed.id },
    ]) {
      const [broken] = await brokenPromises(databaseUrl, [promise]);
      assert.equal(broken?.count, 1);
    }
  });
});

/** What the query finds once the change is made; then the change is taken back. */
async function evidenceAfter(change: string, query: string): Promise<object[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("begin");
    // No foreign keys: a bug that they stop is one of many.
    await client.query("set local session_replication_role = replica");
    await client.query(change);
    return (await client.query(query)).rows;
  } finally {
    await client.query("rollback");
    await client.end();
  }
}

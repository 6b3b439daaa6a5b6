// An order through catalog, ordering and billing in one transaction, behind the real walls.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { afterEach, describe, it } from "node:test";
import { billing } from "@shop/billing";
import { catalog } from "@shop/catalog";
import { identity } from "@shop/identity";
import { ordering } from "@shop/ordering";
import { type Actor, system } from "ashlar/module";
import { authenticate } from "../hosts/monolith/shop.ts";
import { brokenInvariants } from "./invariants.ts";
import { buyer, outcomes, stock, testShop } from "./test-shop.ts";

/** The mark is 100 of 100; the suite plays fewer rounds. */
const SELL_OUTS = Number(process.env.SHOP_SELL_OUTS ?? 10);
/**
 * Of what a purchase sends, pg_stat_statements counts the statements on data. To these come two BEGIN, two COMMIT, the
 * lock time-out of the idempotency key, and a SET ROLE at each change of module: two for the session, one for the
 * cart, four from ordering over catalog and billing and back.
 */
const CONTROL_STATEMENTS = 12;
/**
 * 25, and one that publishes the event: in the same flush and under the same role as the order's row. Not counted is
 * the NOTIFY by which a sleeping worker learns of it: that comes after the commit, on another connection, and one in
 * two milliseconds does for all purchases.
 */
const MOST_STATEMENTS = 26;

const shop = await testShop();
const { app, adminQuery, databaseUrl } = shop;
await stock(shop, {
  mallet: { price: 19.99, stock: 1000 },
  chisel: { price: 8.5, stock: 1000 },
  relic: { price: 100, stock: 0 },
});

afterEach(async () => assert.deepEqual(await brokenInvariants(databaseUrl), []));

describe("a purchase", () => {
  it("reserves stock, writes the order and its invoice, books it and empties the cart", async () => {
    const { actor, put, place, cart } = buyer(shop);
    const before = await stockOf("mallet");
    await put("mallet", 3);
    const order = await place();
    assert.equal((await stockOf("mallet")).available, before.available - 3);
    const invoice = await app.execute(billing.getInvoice, { id: order.invoice.id }, { actor });
    assert.deepEqual(
      [invoice.number, invoice.orderId, invoice.state, invoice.total],
      [order.invoice.number, order.id, "open", { amount: 5997, currency: "USD" }],
    );
    assert.deepEqual(await cart(), { items: [], total: null });
  });

  it("is undone by its cancellation: stock back, invoice credited", async () => {
    const { actor, put, place, cancel } = buyer(shop);
    const before = await stockOf("mallet");
    await put("mallet", 2);
    await put("chisel", 1);
    const order = await place();
    await cancel(order.id);
    assert.deepEqual(await stockOf("mallet"), before);
    const invoice = await app.execute(billing.getInvoice, { id: order.invoice.id }, { actor });
    assert.equal(invoice.state, "credited");
    await assert.rejects(cancel(order.id), { code: "ORDERING_NOT_CANCELLABLE" });
  });

  it("that is out of stock leaves nothing behind, not even a number", async () => {
    const { put, place, list, cart } = buyer(shop);
    await put("mallet", 1);
    await put("relic", 1);
    const before = await footprint();
    await assert.rejects(place(), {
      code: "ORDERING_OUT_OF_STOCK",
      data: { sku: "relic", requested: 1, available: 0 },
    });
    assert.deepEqual(await footprint(), before);
    assert.deepEqual((await list({ limit: 10 })).items, []);
    assert.equal((await cart()).items.length, 2);
  });

  it("is refused when a price has changed, until the new one is accepted", async () => {
    await stock(shop, { seasonal: { price: 5, stock: 10 } });
    const { put, place } = buyer(shop);
    await put("seasonal", 1);
    await stock(shop, { seasonal: { price: 6, stock: 10 } });
    const before = await footprint();
    await assert.rejects(place(), {
      code: "ORDERING_PRICE_CHANGED",
      data: {
        changes: [
          {
            sku: "seasonal",
            agreed: { amount: 500, currency: "USD" },
            current: { amount: 600, currency: "USD" },
          },
        ],
      },
    });
    assert.deepEqual(await footprint(), before);
    await put("seasonal", 1);
    assert.equal((await place()).total.amount, 600);
  });

  it(`is made by five of sixteen who want the last five, ${SELL_OUTS} times out of ${SELL_OUTS}`, async () => {
    for (let round = 0; round < SELL_OUTS; round++) {
      const sku = `last-five-${round}`;
      await stock(shop, { [sku]: { price: 1, stock: 5 } });
      const buyers = Array.from({ length: 16 }, () => buyer(shop));
      await Promise.all(buyers.map(({ put }) => put(sku, 1)));
      const { done, codes } = await outcomes(buyers.map(({ place }) => place()));
      assert.equal(done.length, 5);
      assert.deepEqual(new Set(codes), new Set(["ORDERING_OUT_OF_STOCK"]));
      assert.equal((await stockOf(sku)).available, 0);
    }
  });

  it("never deadlocks with others that hold the same products in another order, nor with cancellations", async () => {
    const works = Array.from({ length: 24 }, async (_, index) => {
      const { put, place, cancel } = buyer(shop);
      for (const sku of index % 2 === 0 ? ["mallet", "chisel"] : ["chisel", "mallet"]) await put(sku, 1);
      const { id } = await place();
      if (index % 3 === 0) await cancel(id);
      return id;
    });
    const { done, codes } = await outcomes(works);
    assert.deepEqual(codes, []);
    assert.equal(done.length, 24);
  });

  it("comes to one end only, when it is cancelled and expires at the same time", async () => {
    const placed = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const account = buyer(shop);
        for (const sku of index % 2 === 0 ? ["mallet", "chisel"] : ["chisel", "mallet"]) {
          await account.put(sku, 1);
        }
        return { account, order: await account.place() };
      }),
    );
    const ids = placed.map(({ order }) => order.id);
    await shop.jobs.runDue();
    await adminQuery`update ordering.orders set expires_at = now() where id = any (${ids})`;
    shop.clock.advance(60_000);
    const [{ codes }] = await Promise.all([
      outcomes(placed.map(({ account, order }) => account.cancel(order.id))),
      shop.jobs.runDue(),
    ]);
    assert.ok(codes.every((code) => code === "ORDERING_NOT_CANCELLABLE"));
    const states = await adminQuery<{
      state: string;
    }>`select state from ordering.orders where id = any (${ids})`;
    assert.equal(states.filter(({ state }) => state === "expired").length, codes.length);
    assert.equal(states.filter(({ state }) => state === "cancelled").length, ids.length - codes.length);
  });

  it("has one effect for its key, however often and however concurrently it is sent", async () => {
    const { actor, put, list } = buyer(shop);
    await put("mallet", 1);
    const idempotency = { key: randomUUID(), fingerprint: Buffer.from("the same") };
    const send = () =>
      app.executeOnce(
        ordering.placeOrder,
        {},
        {
          actor,
          idempotency,
          answer: (order) => ({ status: 201, body: JSON.stringify(order), headers: {} }),
        },
      );
    const answers = [...(await Promise.all([send(), send(), send()])), await send()];
    assert.equal(new Set(answers.map(({ answer }) => answer.body)).size, 1);
    assert.equal(answers.filter(({ replayed }) => !replayed).length, 1);
    assert.equal((await list({ limit: 10 })).items.length, 1);
  });

  it(`from the session to the commit takes at most ${MOST_STATEMENTS} statements, BEGIN, SET ROLE and COMMIT included`, async (test) => {
    const email = `${randomUUID()}@example.com`;
    const password = "a long enough one";
    await app.execute(identity.registerAccount, { email, password });
    const session = await app.execute(identity.openSession, { email, password });
    const execute = app.execute.bind(app);
    const admit = async () => (await authenticate(session.token, execute)) as Actor;
    await adminQuery`select ashlar_statistics.pg_stat_statements_reset(0, (select oid from pg_database where datname = current_database()), 0)`;

    await app.execute(ordering.setCartItem, { sku: "mallet", quantity: 1 }, { actor: await admit() });
    const { answer } = await app.executeOnce(
      ordering.placeOrder,
      {},
      {
        actor: await admit(),
        idempotency: { key: randomUUID(), fingerprint: Buffer.from("one") },
        answer: (order) => ({ status: 201, body: JSON.stringify(order), headers: {} }),
      },
    );

    const statements = await adminQuery<{ calls: number; query: string }>`
      select calls::int, query from ashlar_statistics.pg_stat_statements
      where dbid = (select oid from pg_database where datname = current_database()) and toplevel
        and query not like '%pg_stat_statements%' and query not like '%pg_notify(''ashlar_jobs''%'`;
    assert.equal(JSON.parse(answer.body ?? "{}").state, "placed");
    const onData = statements
      .filter(({ query }) => !/^(?:begin|commit|set)/i.test(query))
      .reduce((sum, { calls }) => sum + calls, 0);
    test.diagnostic(`${onData} statements on data, ${onData + CONTROL_STATEMENTS} with those of control`);
    assert.ok(onData >= 10, "the statements were seen");
    assert.ok(
      onData + CONTROL_STATEMENTS <= MOST_STATEMENTS,
      statements.map(({ calls, query }) => `${calls} × ${query}`).join("\n"),
    );
  });
});

function stockOf(sku: string) {
  return app
    .execute(catalog.getProduct, { sku }, { actor: system("test") })
    .then(({ available }) => ({ available }));
}

/** How much there is of everything that an order writes. */
async function footprint() {
  const [row] = await adminQuery`
    select (select sum(last_number) from billing.number_series) as numbers,
      (select count(*) from billing.invoices) as invoices,
      (select count(*) from billing.postings) as postings,
      (select count(*) from ordering.orders) as orders,
      (select sum(reserved) from catalog.stock) as reserved,
      (select count(*) from catalog.reservations) as reservations`;
  return row;
}

// Carts and orders, up to what their buyers do with them; order-events.test.ts has what happens to them by itself.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { ordering } from "../contract/index.ts";
import { buyer as buyerOf, orderingApp } from "./ordering-app.ts";

const shop = await orderingApp();
const { adminQuery, clock, calls, pricesNow, jobs } = shop;
const buyer = () => buyerOf(shop);

beforeEach(() => {
  for (const list of Object.values(calls)) list.length = 0;
  pricesNow.clear();
});

describe("the cart", () => {
  it("is empty at first", async () => {
    assert.deepEqual(await buyer().cart(), { items: [], total: null });
  });

  it("shows what was put in at the price of then, beside name, price and availability of now", async () => {
    const { put, cart } = buyer();
    await put("mallet", 2);
    clock.advance(1);
    const shown = await put("chisel", 3);
    assert.deepEqual(shown, {
      items: [
        {
          sku: "mallet",
          name: "Mallet",
          quantity: 2,
          unitPrice: { amount: 1999, currency: "USD" },
          currentPrice: { amount: 1999, currency: "USD" },
          available: 7,
          lineTotal: { amount: 3998, currency: "USD" },
        },
        {
          sku: "chisel",
          name: "Chisel",
          quantity: 3,
          unitPrice: { amount: 850, currency: "USD" },
          currentPrice: { amount: 850, currency: "USD" },
          available: 2,
          lineTotal: { amount: 2550, currency: "USD" },
        },
      ],
      total: { amount: 6548, currency: "USD" },
    });
    assert.deepEqual(await cart(), shown);
  });

  it("keeps the agreed price until the product is put in again", async () => {
    const { put, cart } = buyer();
    await put("nail-0", 1);
    await adminQuery`update catalog.product_listing_rows set price_amount = 900 where sku = 'nail-0'`;
    const [item] = (await cart()).items;
    assert.equal(item?.unitPrice.amount, 850);
    assert.equal(item?.currentPrice?.amount, 900);
    assert.equal((await put("nail-0", 1)).items[0]?.unitPrice.amount, 900);
    await adminQuery`update catalog.product_listing_rows set price_amount = 850 where sku = 'nail-0'`;
  });

  it("changes a quantity in place", async () => {
    const { put } = buyer();
    await put("mallet", 2);
    clock.advance(1);
    await put("chisel", 1);
    const { items } = await put("mallet", 5);
    assert.deepEqual(
      items.map(({ sku, quantity }) => [sku, quantity]),
      [
        ["mallet", 5],
        ["chisel", 1],
      ],
    );
  });

  it("lets a product be taken out, also one that is not in it", async () => {
    const { put, remove } = buyer();
    await put("mallet", 2);
    await put("chisel", 1);
    assert.deepEqual((await remove("mallet")).items.length, 1);
    assert.deepEqual((await remove("mallet")).items.length, 1);
    assert.deepEqual(await remove("chisel"), { items: [], total: null });
  });

  it("refuses a product that is not sold", async () => {
    await assert.rejects(buyer().put("unheard-of", 1), {
      code: "ORDERING_UNKNOWN_SKU",
      data: { sku: "unheard-of" },
    });
  });

  it("refuses a second currency, but lets it replace the first", async () => {
    const { put, remove } = buyer();
    await put("mallet", 1);
    await assert.rejects(put("euro", 1), { code: "ORDERING_MIXED_CURRENCIES" });
    await remove("mallet");
    assert.equal((await put("euro", 1)).total?.currency, "EUR");
  });

  it("refuses a sum that could not be invoiced", async () => {
    const { put } = buyer();
    await put("cathedral", 899);
    await assert.rejects(put("cathedral", 901), { code: "ORDERING_TOTAL_TOO_LARGE" });
    await assert.rejects(put("palace", 2), { code: "ORDERING_TOTAL_TOO_LARGE" });
  });

  it("refuses the hundred and first product, also of those that come at once", async () => {
    const { put, cart } = buyer();
    for (let index = 0; index < 95; index++) await put(`nail-${index}`, 1);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) => put(`nail-${95 + index}`, 1)),
    );
    const [refusal, ...others] = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.equal(refusal?.reason.code, "ORDERING_CART_FULL");
    assert.deepEqual(others, []);
    assert.equal((await cart()).items.length, 100);
    assert.equal((await put("nail-0", 9)).items.length, 100, "a quantity can still be changed");
  });

  it("is nobody else's", async () => {
    await buyer().put("mallet", 1);
    assert.deepEqual(await buyer().cart(), { items: [], total: null });
  });

  it("shows a product that has gone from the catalogue, so that it can be taken out", async () => {
    const { put, cart } = buyer();
    await put("nail-100", 1);
    await adminQuery`delete from catalog.product_listing_rows where sku = 'nail-100'`;
    const [item] = (await cart()).items;
    assert.deepEqual([item?.name, item?.currentPrice, item?.available], ["nail-100", null, 0]);
  });
});

describe("placing an order", () => {
  it("reserves, invoices and empties the cart, and answers with the order", async () => {
    const { id: accountId, put, place, cart, show } = buyer();
    await put("mallet", 2);
    clock.advance(1);
    await put("chisel", 1);
    const order = await place();
    assert.deepEqual(order, {
      id: order.id,
      state: "placed",
      lines: [
        {
          sku: "mallet",
          name: "Mallet",
          quantity: 2,
          unitPrice: { amount: 1999, currency: "USD" },
          lineTotal: { amount: 3998, currency: "USD" },
        },
        {
          sku: "chisel",
          name: "Chisel",
          quantity: 1,
          unitPrice: { amount: 850, currency: "USD" },
          lineTotal: { amount: 850, currency: "USD" },
        },
      ],
      total: { amount: 4848, currency: "USD" },
      invoice: { id: order.invoice.id, number: "INV-000001" },
      placedAt: clock.now().toISOString(),
      expiresAt: order.expiresAt,
      paidAt: null,
      cancelledAt: null,
      expiredAt: null,
      refundedAt: null,
    });
    assert.deepEqual(await show(order.id), order);
    assert.deepEqual(await cart(), { items: [], total: null });
    assert.deepEqual(calls.reserved, [
      {
        orderId: order.id,
        lines: [
          { sku: "mallet", quantity: 2 },
          { sku: "chisel", quantity: 1 },
        ],
      },
    ]);
    assert.deepEqual(calls.invoiced, [
      {
        orderId: order.id,
        accountId,
        currency: "USD",
        lines: [
          { description: "Mallet", quantity: 2, unitAmount: 1999 },
          { description: "Chisel", quantity: 1, unitAmount: 850 },
        ],
      },
    ]);
  });

  it("gives half an hour to pay it, by the clock of the database", async () => {
    const { put, place } = buyer();
    await put("mallet", 1);
    const { id, expiresAt } = await place();
    const [row] = await adminQuery<{ minutes: number; expires_at: Date }>`
      select expires_at, round(extract(epoch from expires_at - now()) / 60)::int as minutes
      from ordering.orders where id = ${id}`;
    assert.equal(row?.minutes, 30);
    assert.equal(expiresAt, row.expires_at.toISOString());
  });

  it("is told to whoever wants to know", async () => {
    const { id: accountId, put, place } = buyer();
    await put("mallet", 2);
    const { id: orderId } = await place();
    const told = (await jobs.published(ordering.orderPlaced)).find(({ key }) => key === orderId);
    assert.deepEqual(told?.payload, { orderId, accountId, total: usd(3998) });
  });

  it("refuses an empty cart before it asks anybody", async () => {
    await assert.rejects(buyer().place(), { code: "ORDERING_CART_EMPTY" });
    assert.deepEqual(calls.reserved, []);
  });

  it("passes on what is out of stock and keeps the cart", async () => {
    const { put, place, cart } = buyer();
    await put("chisel", 3);
    await assert.rejects(place(), {
      code: "ORDERING_OUT_OF_STOCK",
      data: { sku: "chisel", requested: 3, available: 2 },
    });
    assert.equal((await cart()).items.length, 1);
  });

  it("passes on that a product is no longer sold", async () => {
    const { put, place } = buyer();
    await put("euro", 1);
    await assert.rejects(place(), { code: "ORDERING_UNKNOWN_SKU", data: { sku: "euro" } });
  });

  it("lists all prices that have changed, up or down, and issues nothing", async () => {
    const { put, place, cart } = buyer();
    await put("mallet", 1);
    clock.advance(1);
    await put("chisel", 1);
    pricesNow
      .set("mallet", { amount: 2100, currency: "USD" })
      .set("chisel", { amount: 800, currency: "USD" });
    await assert.rejects(place(), {
      code: "ORDERING_PRICE_CHANGED",
      data: {
        changes: [
          { sku: "mallet", agreed: usd(1999), current: usd(2100) },
          { sku: "chisel", agreed: usd(850), current: usd(800) },
        ],
      },
    });
    assert.deepEqual(calls.invoiced, []);
    assert.equal((await cart()).items.length, 2);
  });

  it("takes one cart once, however many orders of it come at the same time", async () => {
    const { put, place, list } = buyer();
    await put("mallet", 1);
    await put("chisel", 1);
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, place));
    const refusals = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.deepEqual(
      refusals.map(({ reason }) => reason.code),
      Array.from({ length: 3 }, () => "ORDERING_CART_EMPTY"),
    );
    assert.equal((await list({ limit: 100 })).items.length, 1);
  });

  it("leaves a product for the next order that is put in while the order is placed", async () => {
    const { put, place, cart } = buyer();
    for (let round = 0; round < 5; round++) {
      await put("mallet", 1);
      const [order] = await Promise.all([place(), put("chisel", 1)]);
      const left = (await cart()).items.map(({ sku }) => sku);
      assert.deepEqual([...order.lines.map(({ sku }) => sku), ...left].sort(), ["chisel", "mallet"]);
      if (left.length > 0) await place();
    }
  });
});

describe("orders", () => {
  it("are listed newest first, page by page, without gap or repetition", async () => {
    const { put, place, list } = buyer();
    const placed: string[] = [];
    for (let index = 0; index < 7; index++) {
      clock.advance(1000);
      await put("mallet", 1);
      placed.unshift((await place()).id);
    }
    const listed: string[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      listed.push(...page.items.map(({ id }) => id));
      sizes.push(page.items.length);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(listed, placed);
    assert.deepEqual(sizes, [3, 3, 1]);
    assert.equal((await list({ limit: 7 })).nextCursor, null);
  });

  it("are not listed from a cursor that was made up", async () => {
    await assert.rejects(buyer().list({ limit: 1, cursor: "made-up" }), { code: "ORDERING_CURSOR_INVALID" });
  });

  it("of somebody else are not there", async () => {
    const { put, place } = buyer();
    await put("mallet", 1);
    const { id } = await place();
    const stranger = buyer();
    assert.deepEqual(await stranger.list({ limit: 10 }), { items: [], nextCursor: null });
    await assert.rejects(stranger.show(id), { code: "ORDERING_ORDER_NOT_FOUND" });
    await assert.rejects(stranger.cancel(id), { code: "ORDERING_ORDER_NOT_FOUND" });
    assert.deepEqual(calls.credited, []);
  });

  it("are cancelled with their stock released and their invoice credited", async () => {
    const { put, place, cancel, show } = buyer();
    await put("mallet", 1);
    const order = await place();
    clock.advance(60_000);
    const cancelled = await cancel(order.id);
    assert.deepEqual(cancelled, {
      ...order,
      state: "cancelled",
      expiresAt: null,
      cancelledAt: clock.now().toISOString(),
    });
    assert.deepEqual(await show(order.id), cancelled);
    assert.deepEqual([calls.released, calls.credited], [[order.id], [order.id]]);
  });

  it("are cancelled once, also when it is tried twice at the same time", async () => {
    const { put, place, cancel } = buyer();
    await put("mallet", 1);
    const { id } = await place();
    const outcomes = await Promise.allSettled([cancel(id), cancel(id), cancel(id)]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"]);
    await assert.rejects(cancel(id), { code: "ORDERING_NOT_CANCELLABLE", data: { state: "cancelled" } });
    assert.deepEqual([calls.released, calls.credited], [[id], [id]]);
    const told = (await jobs.published(ordering.orderCancelled)).filter(({ key }) => key === id);
    assert.equal(told.length, 1);
  });
});

function usd(amount: number) {
  return { amount, currency: "USD" };
}

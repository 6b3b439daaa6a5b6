import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { catalog } from "../contract/index.ts";
import { catalogApp, row } from "./catalog-app.ts";
import { refusal } from "./refusal.ts";

const shop = await catalogApp();

function reserve(orderId: string, lines: Record<string, number>) {
  return shop.run(catalog.reserveStock, {
    orderId,
    lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity })),
  });
}

test("reserving says what each line costs, in the order of the lines", async () => {
  await shop.importRows(row("A-2", { price: 2, stock: 9 }), row("A-1", { price: 1, stock: 9 }));
  assert.deepEqual(await reserve("a", { "A-2": 3, "A-1": 4 }), {
    lines: [
      { sku: "A-2", name: "Product A-2", quantity: 3, unitPrice: { amount: 200, currency: "USD" } },
      { sku: "A-1", name: "Product A-1", quantity: 4, unitPrice: { amount: 100, currency: "USD" } },
    ],
  });
  assert.deepEqual(await shop.stockOf("A-1"), { onHand: 9, reserved: 4 });
  assert.equal((await shop.run(catalog.getProduct, { sku: "A-1" })).available, 5);
});

test("two lines of one product are served together or not at all", async () => {
  await shop.importRows(row("T-1", { stock: 5 }));
  const twice = (quantity: number) =>
    shop.run(catalog.reserveStock, {
      orderId: "t",
      lines: [
        { sku: "T-1", quantity },
        { sku: "T-1", quantity },
      ],
    });
  await assert.rejects(twice(3), refusal("CATALOG_OUT_OF_STOCK", { sku: "T-1", requested: 6, available: 5 }));
  assert.equal((await twice(2)).lines.length, 2);
  assert.deepEqual(await shop.stockOf("T-1"), { onHand: 5, reserved: 4 });
});

test("the first line that cannot be served is named, and none is", async () => {
  await shop.importRows(row("F-1", { stock: 5 }), row("F-2", { stock: 1 }));
  await assert.rejects(
    reserve("f", { "F-1": 1, "F-2": 2, nope: 1 }),
    refusal("CATALOG_OUT_OF_STOCK", { sku: "F-2", requested: 2, available: 1 }),
  );
  await assert.rejects(
    reserve("f", { "F-1": 1, nope: 1, "F-2": 2 }),
    refusal("CATALOG_UNKNOWN_SKU", { sku: "nope" }),
  );
  assert.deepEqual(await shop.stockOf("F-1"), { onHand: 5, reserved: 0 });
});

test("an absurd quantity is out of stock and no error of arithmetic", async () => {
  await shop.importRows(row("Q-1", { stock: 1_000_000_000 }));
  await reserve("q", { "Q-1": 1_000_000_000 });
  await assert.rejects(reserve("q", { "Q-1": 1_000_000_000 }), refusal("CATALOG_OUT_OF_STOCK"));
});

test("releasing gives back all that the order holds, once", async () => {
  await shop.importRows(row("L-1", { stock: 5 }), row("L-2", { stock: 5 }));
  await reserve("l", { "L-1": 2, "L-2": 3 });
  await reserve("l", { "L-1": 1 });
  await reserve("other", { "L-1": 1 });
  const released = await Promise.all([1, 2, 3].map(() => shop.run(catalog.releaseStock, { orderId: "l" })));
  assert.deepEqual(released.map((result) => result.released).sort(), [0, 0, 6]);
  assert.deepEqual(await shop.stockOf("L-1"), { onHand: 5, reserved: 1 });
  await shop.checkInvariants();
});

test("stock cannot be set below what is promised", async () => {
  await shop.importRows(row("S-1", { stock: 5 }));
  await reserve("s", { "S-1": 3 });
  const set = (onHand: number) => shop.run(catalog.setStock, { sku: "S-1", onHand });
  await assert.rejects(set(2), refusal("CATALOG_BELOW_RESERVED", { sku: "S-1", reserved: 3 }));
  assert.deepEqual(await set(3), { sku: "S-1", onHand: 3, reserved: 3, available: 0 });
  assert.deepEqual(await set(10), { sku: "S-1", onHand: 10, reserved: 3, available: 7 });
  await assert.rejects(
    shop.run(catalog.setStock, { sku: "nope", onHand: 1 }),
    refusal("CATALOG_UNKNOWN_SKU", { sku: "nope" }),
  );
});

test("of sixteen buyers of five units exactly five are served, every time", async () => {
  for (let round = 0; round < 20; round++) {
    const sku = `SIXTEEN-${round}`;
    await shop.importRows(row(sku, { stock: 5 }));
    const buyers = await Promise.allSettled(
      Array.from({ length: 16 }, (_, buyer) => reserve(`${sku}/${buyer}`, { [sku]: 1 })),
    );
    assert.equal(buyers.filter(({ status }) => status === "fulfilled").length, 5);
    for (const buyer of buyers) {
      if (buyer.status === "rejected") refusal("CATALOG_OUT_OF_STOCK")(buyer.reason);
    }
    assert.deepEqual(await shop.stockOf(sku), { onHand: 5, reserved: 5 });
  }
  await shop.checkInvariants();
});

test("who waits for stock that is then given back gets it", async () => {
  await shop.importRows(row("W-1", { stock: 5 }));
  await reserve("w-0", { "W-1": 5 });
  for (let round = 0; round < 30; round++) {
    const [given, next] = [`w-${round}`, `w-${round + 1}`];
    const [, reserved] = await Promise.allSettled([
      shop.run(catalog.releaseStock, { orderId: given }),
      reserve(next, { "W-1": 5 }),
    ]);
    if (reserved.status === "rejected") {
      // It came first, so there was none.
      refusal("CATALOG_OUT_OF_STOCK", { sku: "W-1", requested: 5, available: 0 })(reserved.reason);
      await reserve(next, { "W-1": 5 });
    }
  }
  await shop.checkInvariants();
});

test("orders of the same products in opposite orders do not deadlock", async () => {
  const skus = Array.from({ length: 10 }, (_, index) => `DL-${index}`);
  await shop.importRows(...skus.map((sku) => row(sku, { stock: 1_000 })));
  const lines = Object.fromEntries(skus.map((sku) => [sku, 1]));
  const reversed = Object.fromEntries(skus.toReversed().map((sku) => [sku, 1]));
  for (let round = 0; round < 5; round++) {
    await Promise.all(
      Array.from({ length: 12 }, async (_, buyer) => {
        const orderId = `dl-${round}-${buyer}`;
        await reserve(orderId, buyer % 2 === 0 ? lines : reversed);
        if (buyer % 3 === 0) await shop.run(catalog.releaseStock, { orderId });
      }),
    );
  }
  assert.deepEqual(await shop.stockOf("DL-3"), { onHand: 1_000, reserved: 40 });
  await shop.checkInvariants();
});

test("the listing for other modules shows names, prices and what is available", async () => {
  await shop.importRows(row("V-1", { price: 3, stock: 5 }));
  await reserve("v", { "V-1": 2 });
  const listed = await shop.adminQuery`
    select sku, name, price_amount::int, currency, available from catalog.product_listing where sku = 'V-1'`;
  assert.deepEqual(listed, [
    { sku: "V-1", name: "Product V-1", price_amount: 300, currency: "USD", available: 3 },
  ]);
});

test("whatever is reserved, released and counted, in any order and at once, stock and reservations agree", async () => {
  const skus = ["X-1", "X-2", "X-3"];
  const orders = ["x-1", "x-2", "x-3", "x-4"];
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("reserve" as const),
      orderId: fc.constantFrom(...orders),
      lines: fc.array(
        fc.record({ sku: fc.constantFrom(...skus), quantity: fc.integer({ min: 1, max: 6 }) }),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
    }),
    fc.record({ kind: fc.constant("release" as const), orderId: fc.constantFrom(...orders) }),
    fc.record({
      kind: fc.constantFrom("set" as const, "import" as const),
      sku: fc.constantFrom(...skus),
      onHand: fc.nat({ max: 15 }),
    }),
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
  const take = async (one: Step): Promise<unknown> => {
    switch (one.kind) {
      case "reserve":
        return shop.run(catalog.reserveStock, { orderId: one.orderId, lines: one.lines });
      case "release":
        return shop.run(catalog.releaseStock, { orderId: one.orderId });
      case "set":
        return shop.run(catalog.setStock, { sku: one.sku, onHand: one.onHand });
      case "import":
        return shop.importRows(row(one.sku, { stock: one.onHand }));
    }
  };
  const takeAll = async (list: readonly Step[]) => {
    for (const one of list) {
      await take(one).catch((error: { code?: string; data?: { available: number; requested: number } }) => {
        if (error.code === "CATALOG_BELOW_RESERVED") return;
        refusal("CATALOG_OUT_OF_STOCK")(error);
        assert.ok(error.data!.available < error.data!.requested, "refused only what was not there");
      });
    }
  };
  const steps = fc.array(step, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(steps, steps, steps, async (...lists) => {
      for (const orderId of orders) await shop.run(catalog.releaseStock, { orderId });
      await shop.importRows(...skus.map((sku) => row(sku, { stock: 10 })));
      await Promise.all(lists.map(takeAll));
      await shop.checkInvariants();
    }),
    { numRuns: 40 },
  );
});

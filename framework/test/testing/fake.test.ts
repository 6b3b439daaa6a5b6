import assert from "node:assert/strict";
import { test } from "node:test";
import { isError } from "../../src/contract/index.ts";
import { DatabaseError } from "../../src/postgres/index.ts";
import { FakeMissingError, fake, testApp } from "../../src/testing/index.ts";
import { inShelf, pricing, shelf, shelfModule } from "./shelf.ts";

test("a fake answers the operations that it was given", async () => {
  const charged: number[] = [];
  const { app, clock, adminQuery } = await testApp({
    modules: [shelfModule],
    fakes: [
      fake(pricing, {
        quote: async ({ sku }) => ({ cents: sku.length * 100 }),
        charge: async ({ cents }) => {
          charged.push(cents);
          return {};
        },
      }),
    ],
  });
  clock.set("2026-03-01T12:00:00Z");
  const { id } = await app.execute(shelf.put, { sku: "bolt" });
  assert.deepEqual(charged, [400]);
  assert.deepEqual(await adminQuery`select * from shelf.things`, [
    { id, sku: "bolt", put_at: new Date("2026-03-01T12:00:00Z") },
  ]);
});

test("an operation that was left out says which one, and whose fake lacks it", async () => {
  const { app } = await testApp({
    modules: [shelfModule],
    fakes: [fake(pricing, { quote: async () => ({ cents: 1 }) })],
  });
  await assert.rejects(app.execute(shelf.put, { sku: "bolt" }), (error: unknown) => {
    assert.ok(error instanceof FakeMissingError);
    assert.equal(error.code, "ASHLAR_FAKE_MISSING");
    assert.equal(error.operation, "pricing.charge");
    assert.match(error.message, /add `charge` to fake\(pricing, \{\.\.\.\}\)/);
    return true;
  });
});

test("a fake fails with the errors of its contract", async () => {
  const { app } = await testApp({
    modules: [
      {
        ...shelfModule,
        handlers: [
          ...shelfModule.handlers.filter(({ operation }) => operation !== shelf.put),
          inShelf.handle(shelf.put, async ({ sku }, { call, fail }) => {
            await call(pricing)
              .quote({ sku })
              .catch((error: unknown) => {
                if (!isError(error, pricing.quote, "UNKNOWN_SKU")) throw error;
                assert.deepEqual(error.data, { sku: "bolt" });
              });
            return fail("NO_PRICE");
          }),
        ],
      },
    ],
    fakes: [fake(pricing, { quote: async ({ sku }, { fail }) => fail("UNKNOWN_SKU", { sku }) })],
  });
  await assert.rejects(app.execute(shelf.put, { sku: "bolt" }), (error: unknown) =>
    isError(error, shelf.put, "NO_PRICE"),
  );
});

test("a faked view has its rows, and is walled as a real one", async () => {
  const rows = [
    { sku: "bolt", cents: 400, discount: 0.5, tags: ["steel", "m8"] },
    { sku: "nut", cents: 300, discount: null, tags: [] },
  ];
  const operations = { quote: async () => ({ cents: 1 }), charge: async () => ({}) };
  const { app } = await testApp({
    modules: [
      {
        ...shelfModule,
        handlers: [
          ...shelfModule.handlers.filter(({ operation }) => operation !== shelf.put),
          inShelf.handle(shelf.put, async ({ sku }, { sql, newId }) => {
            if (sku === "trespass") await sql`select * from pricing.price_list_rows`;
            await sql`insert into shelf.things (id, sku, put_at) values (${newId()}, ${sku}, now())`;
            return { id: sku };
          }),
        ],
      },
    ],
    fakes: [fake(pricing, operations, { views: { priceList: rows } })],
  });
  for (const sku of ["nut", "bolt", "unpriced"]) await app.execute(shelf.put, { sku });
  assert.deepEqual((await app.execute(shelf.offers, {})).offers, rows);
  await assert.rejects(
    app.execute(shelf.put, { sku: "trespass" }),
    (error: unknown) => error instanceof DatabaseError && error.sqlState === "42501",
  );
});

test("a view that was left out is there and empty", async () => {
  const { app } = await testApp({ modules: [shelfModule], fakes: [fake(pricing)] });
  assert.deepEqual(await app.execute(shelf.offers, {}), { offers: [] });
});

test("a fake that does not fit its contract does not compile", () => {
  // @ts-expect-error: an output that the contract does not promise
  fake(pricing, { quote: async () => ({ euros: 4 }) });
  // @ts-expect-error: no such operation
  fake(pricing, { quot: async () => ({ cents: 4 }) });
  // @ts-expect-error: a view is no operation
  fake(pricing, { priceList: async () => ({}) });
  // @ts-expect-error: a row that lacks columns
  fake(pricing, {}, { views: { priceList: [{ sku: "bolt" }] } });
  // @ts-expect-error: an undeclared error
  fake(pricing, { quote: async (_, { fail }) => fail("OUT_OF_STOCK") });
});

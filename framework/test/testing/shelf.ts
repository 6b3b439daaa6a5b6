import { closed, command, contract, error, isError, query, Type, view } from "../../src/contract/index.ts";
import { define, defineModule, tables } from "../../src/module/index.ts";

/** What the module under test uses, and what its tests fake. */
export const pricing = contract("pricing", {
  quote: query({
    input: closed({ sku: Type.String() }),
    output: closed({ cents: Type.Integer() }),
    errors: { UNKNOWN_SKU: error("not_found", "There is no such thing.", closed({ sku: Type.String() })) },
  }),
  charge: command({ transaction: "joins", input: closed({ cents: Type.Integer() }), output: closed({}) }),
  priceList: view({
    view: "price_list",
    row: closed({
      sku: Type.String(),
      cents: Type.Integer(),
      discount: Type.Union([Type.Number(), Type.Null()]),
      tags: Type.Array(Type.String()),
    }),
  }),
});

export const shelf = contract("shelf", {
  put: command({
    transaction: "own",
    input: closed({ sku: Type.String() }),
    output: closed({ id: Type.String() }),
    errors: { NO_PRICE: error("conflict", "It has no price.") },
  }),
  offers: query({ input: closed({}), output: closed({ offers: Type.Array(Type.Unknown()) }) }),
});

export const inShelf = define(shelf, {
  uses: [pricing],
  reads: [pricing.priceList],
  tables: tables<{ things: { id: string; sku: string; put_at: Date } }>(),
});

const put = inShelf.handle(shelf.put, async ({ sku }, { db, call, fail, newId, now }) => {
  const { cents } = await call(pricing)
    .quote({ sku })
    .catch((error: unknown) => {
      if (isError(error, pricing.quote, "UNKNOWN_SKU")) fail("NO_PRICE");
      throw error;
    });
  await call(pricing).charge({ cents });
  const id = newId();
  await db.insertInto("things").values({ id, sku, put_at: now() }).execute();
  return { id };
});

const offers = inShelf.handle(shelf.offers, async (_, { sql }) => ({
  offers: await sql`
    select things.sku, prices.cents, prices.discount, prices.tags
      from shelf.things join pricing.price_list prices on prices.sku = things.sku order by things.sku`,
}));

export const shelfModule = defineModule(inShelf, {
  handlers: [put, offers],
  migrations: new URL("shelf/", import.meta.url),
});

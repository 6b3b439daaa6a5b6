import { catalog } from "../contract/index.ts";
import { handle } from "./definition.ts";

interface LineRow {
  readonly sku: string;
  /** Null for a product that does not exist. */
  readonly name: string | null;
  readonly price_amount: number;
  readonly currency: string;
  readonly available: number;
  readonly taken: boolean;
}

export const reserveStock = handle(catalog.reserveStock, async ({ orderId, lines }, { sql, fail }) => {
  const wanted = new Map<string, number>();
  for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);

  // One statement. `locked` takes the rows in the order of their SKUs, so that two orders of the same products wait
  // for each other and do not deadlock, and shows them as they are after the wait. The update takes all its values
  // from there: `stock` itself still stands for the rows as they were when the statement began, and Postgres tries
  // conditions and checks on those first. What it takes when another line is short is rolled back with the command.
  const rows = await sql<LineRow>`
    with wanted as (
      select sku, quantity from unnest(${[...wanted.keys()]}::text[], ${[...wanted.values()]}::bigint[])
        as wanted (sku, quantity)
    ), locked as materialized (
      select stock.sku, stock.on_hand, stock.reserved, wanted.quantity
        from catalog.stock
        join wanted on wanted.sku = stock.sku
       order by stock.sku
         for no key update of stock
    ), taken as (
      update catalog.stock set (on_hand, reserved) = row (locked.on_hand, locked.reserved + locked.quantity)
        from locked
       where stock.sku = locked.sku and locked.on_hand - locked.reserved >= locked.quantity
      returning stock.sku, locked.quantity
    ), reserved as (
      insert into catalog.reservations as reservation (order_id, sku, quantity)
      select ${orderId}::text, sku, quantity from taken
          on conflict (order_id, sku) do update set quantity = reservation.quantity + excluded.quantity
    )
    select wanted.sku, products.name, products.price_amount, products.currency,
           locked.on_hand - locked.reserved as available, taken.sku is not null as taken
      from wanted
      left join catalog.products on products.sku = wanted.sku
      left join locked on locked.sku = wanted.sku
      left join taken on taken.sku = wanted.sku`;
  const bySku = new Map(rows.map((row) => [row.sku, row]));
  return {
    lines: lines.map(({ sku, quantity }) => {
      const row = bySku.get(sku);
      if (row === undefined || row.name === null) return fail("UNKNOWN_SKU", { sku });
      const { name, price_amount: amount, currency, available } = row;
      if (!row.taken) return fail("OUT_OF_STOCK", { sku, requested: wanted.get(sku)!, available });
      return { sku, name, quantity, unitPrice: { amount, currency } };
    }),
  };
});

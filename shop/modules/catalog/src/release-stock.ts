import { catalog } from "../contract/index.ts";
import { handle } from "./definition.ts";

export const releaseStock = handle(catalog.releaseStock, async ({ orderId }, { sql }) => {
  // Locks as reserving does: first the stock in the order of SKUs, then the reservations; and takes the values of the
  // locked rows for the same reason. Of two that release one order the second finds its rows deleted after the wait.
  const [result] = await sql<{ released: number }>`
    with locked as materialized (
      select stock.sku, stock.on_hand, stock.reserved
        from catalog.stock
        join catalog.reservations on reservations.sku = stock.sku
       where reservations.order_id = ${orderId}
       order by stock.sku
         for no key update of stock
    ), released as (
      delete from catalog.reservations using locked
       where reservations.order_id = ${orderId} and reservations.sku = locked.sku
      returning locked.sku, locked.on_hand, locked.reserved, reservations.quantity
    ), given_back as (
      update catalog.stock set (on_hand, reserved) = row (released.on_hand, released.reserved - released.quantity)
        from released
       where stock.sku = released.sku
      returning released.quantity
    )
    select coalesce(sum(quantity), 0)::bigint as released from given_back`;
  return { released: result!.released };
});

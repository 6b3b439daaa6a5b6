import type { Sql } from "ashlar/module";
import type { Cart } from "../contract/index.ts";
import { type CartItem, showCart } from "./cart.ts";

/** The cart of an account beside the products as they are now, in one query across the wall. */
export async function readCart(sql: Sql, accountId: string): Promise<Cart> {
  const items = await sql<CartItem>`
    select item.sku, item.quantity, item.unit_amount as "unitAmount", item.currency,
      listing.name, listing.price_amount as "currentAmount", listing.currency as "currentCurrency",
      listing.available
    from ordering.cart_items item
    left join catalog.product_listing listing on listing.sku = item.sku
    where item.account_id = ${accountId}
    order by item.added_at, item.sku`;
  return showCart(items);
}

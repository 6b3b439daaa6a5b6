import type { Sql } from "ashlar/module";
import { ordering } from "../contract/index.ts";
import { buyerOf } from "./buyer.ts";
import { type OtherItems, obstacleTo } from "./cart.ts";
import { handle } from "./definition.ts";
import { readCart } from "./read-cart.ts";

export const setCartItem = handle(
  ordering.setCartItem,
  async ({ sku, quantity }, { sql, actor, fail, now }) => {
    const accountId = buyerOf(actor);
    const changedAt = now();
    await lockCart(sql, accountId, changedAt);
    const { product, others } = await readProductAndOthers(sql, accountId, sku);
    if (product === null) return fail("UNKNOWN_SKU", { sku });
    const item = { quantity, unitAmount: product.amount, currency: product.currency };
    const obstacle = obstacleTo(item, others);
    if (obstacle !== null) return fail(obstacle);
    // Sent together: the second statement sees what the first wrote.
    const [, cart] = await Promise.all([
      sql`
        insert into ordering.cart_items (account_id, sku, quantity, unit_amount, currency, added_at)
        values (${accountId}, ${sku}, ${quantity}, ${item.unitAmount}, ${item.currency}, ${changedAt})
        on conflict (account_id, sku) do update
        set quantity = excluded.quantity, unit_amount = excluded.unit_amount, currency = excluded.currency`,
      readCart(sql, accountId),
    ]);
    return cart;
  },
);

/** Makes the cart if need be and holds its row, so that no other item comes in between the check and the write. */
async function lockCart(sql: Sql, accountId: string, changedAt: Date): Promise<void> {
  await sql`
    insert into ordering.carts (account_id, changed_at) values (${accountId}, ${changedAt})
    on conflict (account_id) do update set changed_at = excluded.changed_at`;
}

async function readProductAndOthers(
  sql: Sql,
  accountId: string,
  sku: string,
): Promise<{ product: { amount: number; currency: string } | null; others: OtherItems }> {
  const [row] = await sql<{
    amount: number | null;
    currency: string | null;
    products: number;
    total: number;
    cart_currency: string | null;
  }>`
    select listing.price_amount as amount, listing.currency, others.products, others.total, others.cart_currency
    from (
      select count(*) as products, coalesce(sum(quantity * unit_amount), 0)::bigint as total,
        min(currency) as cart_currency
      from ordering.cart_items where account_id = ${accountId} and sku <> ${sku}
    ) others
    left join catalog.product_listing listing on listing.sku = ${sku}`;
  const { amount, currency, products, total, cart_currency } = row!;
  return {
    product: amount === null || currency === null ? null : { amount, currency },
    others: { products, total, currency: cart_currency },
  };
}

import { ordering } from "../contract/index.ts";
import { buyerOf } from "./buyer.ts";
import { handle } from "./definition.ts";
import { readCart } from "./read-cart.ts";

export const removeCartItem = handle(ordering.removeCartItem, async ({ sku }, { db, sql, actor }) => {
  const accountId = buyerOf(actor);
  await db.deleteFrom("cart_items").where("account_id", "=", accountId).where("sku", "=", sku).execute();
  return readCart(sql, accountId);
});

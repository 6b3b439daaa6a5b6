import { catalog } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { type ListedProductRow, toProduct } from "./product.ts";

export const getProduct = handle(catalog.getProduct, async ({ sku }, { sql, fail }) => {
  const [row] = await sql<ListedProductRow>`
    select products.sku, products.name, products.description, products.brand, products.categories,
           products.price_amount, products.currency, products.popularity,
           stock.on_hand - stock.reserved as available
      from catalog.products
      join catalog.stock on stock.sku = products.sku
     where products.sku = ${sku}`;
  return row === undefined ? fail("UNKNOWN_SKU", { sku }) : toProduct(row);
});

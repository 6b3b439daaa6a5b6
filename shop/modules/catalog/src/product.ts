import type { Product } from "../contract/index.ts";
import type { ProductRow } from "./tables.ts";

export interface ListedProductRow extends Omit<ProductRow, "search" | "created_at" | "updated_at"> {
  available: number;
}

export function toProduct(row: ListedProductRow): Product {
  return {
    sku: row.sku,
    name: row.name,
    description: row.description,
    brand: row.brand,
    categories: row.categories,
    price: { amount: row.price_amount, currency: row.currency },
    popularity: row.popularity,
    available: row.available,
  };
}

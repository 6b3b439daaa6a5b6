import type { Sql } from "ashlar/module";
import type { ImportedProduct } from "./import-row.ts";

/**
 * Writes the products that are new or differ, and returns their SKUs. A row that changes nothing is left out
 * before the upsert: `on conflict do update ... where` would still lock it, which is a write.
 */
export async function writeProducts(
  sql: Sql,
  products: readonly ImportedProduct[],
  now: Date,
): Promise<string[]> {
  if (products.length === 0) return [];
  const written = await sql<{ sku: string }>`
    insert into catalog.products as product
           (sku, name, description, brand, categories, price_amount, currency, popularity, created_at, updated_at)
    select incoming.*, ${now}, ${now}
      from jsonb_to_recordset(${JSON.stringify(products.map(toJsonRow))}::jsonb)
        as incoming (sku text, name text, description text, brand text, categories jsonb,
                     price_amount bigint, currency text, popularity int)
      left join catalog.products as known on known.sku = incoming.sku
     where known.sku is null
        or (known.name, known.description, known.brand, known.categories,
            known.price_amount, known.currency, known.popularity)
           is distinct from
           (incoming.name, incoming.description, incoming.brand, incoming.categories,
            incoming.price_amount, incoming.currency, incoming.popularity)
     order by incoming.sku collate "C"
        on conflict (sku) do update
       set (name, description, brand, categories, price_amount, currency, popularity, updated_at)
         = (excluded.name, excluded.description, excluded.brand, excluded.categories,
            excluded.price_amount, excluded.currency, excluded.popularity, excluded.updated_at)
    returning product.sku`;
  return written.map(({ sku }) => sku);
}

/**
 * Writes the stock that rows state, of products that are new or whose row in stock is `locked`, and returns the SKUs.
 * A row that another transaction has changed since is left to it: locking it now, after the products, would be
 * against the order in which everybody locks. A new product whose row states none gets zero: every product has a
 * row in stock.
 */
export async function writeStock(
  sql: Sql,
  products: readonly ImportedProduct[],
  locked: ReadonlySet<string>,
): Promise<string[]> {
  if (products.length === 0) return [];
  const written = await sql<{ sku: string }>`
    with incoming as (
      select incoming.sku, incoming.on_hand, incoming.locked, stock.on_hand as known
        from unnest(${products.map(({ sku }) => sku)}::text[], ${products.map(({ stock }) => stock)}::int[],
                    ${products.map(({ sku }) => locked.has(sku))}::boolean[])
          as incoming (sku, on_hand, locked)
        left join catalog.stock on stock.sku = incoming.sku
       order by incoming.sku collate "C"
    ), unstated as (
      insert into catalog.stock (sku, on_hand, reserved)
      select sku, 0, 0 from incoming where on_hand is null and known is null
          on conflict (sku) do nothing
    )
    insert into catalog.stock (sku, on_hand, reserved)
    select sku, on_hand, 0 from incoming
     where on_hand is not null and (known is null or locked and on_hand <> known)
        on conflict (sku) do update set on_hand = excluded.on_hand
     where stock.reserved <= excluded.on_hand
    returning sku`;
  return written.map(({ sku }) => sku);
}

function toJsonRow(product: ImportedProduct) {
  const { sku, name, description, brand, categories, priceAmount, currency, popularity } = product;
  return { sku, name, description, brand, categories, price_amount: priceAmount, currency, popularity };
}

import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Cluster } from "./cluster.ts";

export interface ShopData {
  readonly skus: readonly string[];
  /** One for each buyer. */
  readonly tokens: readonly string[];
}

/**
 * Makes buyers who are signed in, and stock for all they will ever order. Straight into the tables, because
 * signing in is slow on purpose and not what is measured.
 */
export async function addBuyers(cluster: Cluster, count: number): Promise<ShopData> {
  const tokens = Array.from({ length: count }, () => `shop_s_${randomBytes(32).toString("base64url")}`);
  await cluster.admin(
    `with buyers as (
       select * from unnest($1::uuid[], $2::bytea[]) as buyer (id, digest)
     ), accounts as (
       insert into identity.accounts (id, email, email_key, password_hash, roles, created_at)
       select id, id || '@bench.example', id || '@bench.example', '', array['customer'], now() from buyers
     )
     insert into identity.sessions (id, account_id, token_digest, created_at, last_used_at, expires_at)
     select id, id, digest, now(), now() + interval '1 hour', now() + interval '1 day' from buyers`,
    [tokens.map(() => randomUUID()), tokens.map((token) => createHash("sha256").update(token).digest())],
  );
  await cluster.admin("update catalog.stock set on_hand = 1000000000");
  const rows = await cluster.admin("select sku from catalog.products order by sku");
  return { skus: rows.map(({ sku }) => sku as string), tokens };
}

/** Puts one product into the cart of every buyer whose cart is empty. */
export async function fillCarts(cluster: Cluster): Promise<void> {
  await cluster.admin(`
    with buyers as (
      select account_id, row_number() over (order by account_id) as n from identity.sessions
    ), products as (
      select sku, price_amount, currency, row_number() over (order by sku) - 1 as n from catalog.products
    ), carts as (
      insert into ordering.carts (account_id, changed_at) select account_id, now() from buyers
      on conflict (account_id) do update set changed_at = excluded.changed_at returning account_id
    )
    insert into ordering.cart_items (account_id, sku, quantity, unit_amount, currency, added_at)
    select account_id, sku, 1, price_amount, currency, now()
    from carts join buyers using (account_id)
    join products on products.n = buyers.n % (select count(*) from products)
    on conflict do nothing`);
}

/**
 * Connections keep the plans of their statements, and those made while a table had no rows read all of it. In a
 * shop that lives for more than a minute autovacuum comes by and has them made anew; here that would be somewhere
 * in the middle of what is measured. Call it when there are some orders.
 */
export async function forgetPlansForEmptyTables(cluster: Cluster): Promise<void> {
  await cluster.admin("vacuum analyze");
}

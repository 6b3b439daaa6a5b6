import { createHash, randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { catalog } from "@shop/catalog";
import { ordering } from "@shop/ordering";
import Fastify from "fastify";
import pg from "pg";
import { serveTasks } from "../child.ts";

/**
 * Two routes of the shop as somebody would write them by hand for speed: Fastify with its schemas, `pg` with named
 * statements, no modules, no roles, no log. The statements are those of the shop, word for word; the bench checks it.
 */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const pool = new pg.Pool({ ...JSON.parse(process.argv[2]!), max: 10 });
const server = Fastify();

const findProduct = {
  name: "find_product",
  text: `select products.sku, products.name, products.description, products.brand, products.categories,
           products.price_amount, products.currency, products.popularity,
           stock.on_hand - stock.reserved as available
      from catalog.products
      join catalog.stock on stock.sku = products.sku
     where products.sku = $1`,
};

server.get<{ Params: { sku: string } }>(
  "/v1/products/:sku",
  { schema: { params: catalog.getProduct.input, response: { 200: catalog.getProduct.output } } },
  async (request, reply) => {
    const { rows } = await pool.query({ ...findProduct, values: [request.params.sku] });
    if (rows.length === 0) return reply.code(404).send({ code: "CATALOG_UNKNOWN_SKU" });
    const { price_amount: amount, currency, ...product } = rows[0];
    return { ...product, price: { amount, currency } };
  },
);

const authenticate = {
  name: "authenticate",
  text: `select session.id as session, session.last_used_at < $1 as stale,
             account.id as account_id, account.roles
        from identity.sessions as session
        join identity.accounts as account on account.id = session.account_id
       where session.token_digest = $2
         and session.expires_at > $3
         and session.last_used_at > $4`,
};
const claimKey = {
  name: "claim_key",
  text: `insert into ordering._idempotency (actor, operation, key, fingerprint) values ($1, $2, $3, $4)
           on conflict (actor, operation, key) do nothing`,
};
const takeCart = {
  name: "take_cart",
  text: `
    with locked as (
      select account_id, sku from ordering.cart_items where account_id = $1 order by sku for update
    ), taken as (
      delete from ordering.cart_items item using locked
      where item.account_id = locked.account_id and item.sku = locked.sku
      returning item.sku, item.quantity, item.unit_amount, item.currency, item.added_at
    )
    select sku, quantity, unit_amount as "unitAmount", currency from taken order by added_at, sku`,
};
const reserveStock = {
  name: "reserve_stock",
  text: `
    with wanted as (
      select sku, quantity from unnest($1::text[], $2::bigint[])
        as wanted (sku, quantity)
    ), locked as materialized (
      select stock.sku, stock.on_hand - stock.reserved as available, wanted.quantity
        from catalog.stock
        join wanted on wanted.sku = stock.sku
       order by stock.sku
         for no key update of stock
    ), taken as (
      update catalog.stock set reserved = stock.reserved + locked.quantity
        from locked
       where stock.sku = locked.sku and stock.on_hand - stock.reserved >= locked.quantity
      returning stock.sku, locked.quantity
    ), reserved as (
      insert into catalog.reservations as reservation (order_id, sku, quantity)
      select $3::text, sku, quantity from taken
          on conflict (order_id, sku) do update set quantity = reservation.quantity + excluded.quantity
    )
    select wanted.sku, products.name, products.price_amount, products.currency, locked.available,
           taken.sku is not null as taken
      from wanted
      left join catalog.products on products.sku = wanted.sku
      left join locked on locked.sku = wanted.sku
      left join taken on taken.sku = wanted.sku`,
};
const bookEntry = {
  name: "book_entry",
  text: `
    with entry as (
      insert into billing.journal_entries (id, document_kind, document_id, booked_at)
      values ($1, $2, $3, $4)
      returning id
    )
    insert into billing.postings (entry_id, position, account, currency, amount)
    select entry.id, posting.position, posting.account, posting.currency, posting.amount
    from entry, unnest(
      $5::text[],
      $6::text[],
      $7::bigint[]
    ) with ordinality as posting (account, currency, amount, position)`,
};
const issueInvoice = {
  name: "issue_invoice",
  text: `
      with taken as (
        update billing.number_series set last_number = last_number + 1 where series = 'invoice'
        returning last_number
      ), invoice as (
        insert into billing.invoices (id, sequence, order_id, account_id, currency, total_amount, issued_at)
        select $1, last_number, $2, $3, $4, $5, $6
        from taken
        on conflict (order_id) do nothing
        returning id, number
      ), lines as (
        insert into billing.invoice_lines (invoice_id, position, description, quantity, unit_amount)
        select invoice.id, line.position, line.description, line.quantity, line.unit_amount
        from invoice, unnest(
          $7::text[],
          $8::integer[],
          $9::bigint[]
        ) with ordinality as line (description, quantity, unit_amount, position)
      )
      select number from invoice`,
};
const insertOrder = {
  name: "insert_order",
  text: `
    with placed as (
      insert into ordering.orders
        (id, account_id, state, currency, total_amount, invoice_id, invoice_number, placed_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8)
      returning id
    )
    insert into ordering.order_lines (order_id, position, sku, name, quantity, unit_amount)
    select placed.id, line.position, line.sku, line.name, line.quantity, line.unit_amount
    from placed, unnest(
      $9::text[],
      $10::text[],
      $11::integer[],
      $12::bigint[]
    ) with ordinality as line (sku, name, quantity, unit_amount, position)`,
};
const storeAnswer = {
  name: "store_answer",
  text: `update ordering._idempotency set status = $4, body = $5, headers = $6
           where actor = $1 and operation = $2 and key = $3`,
};

const OPERATION = "ordering.placeOrder";
const MINUTE_MS = 60_000;

server.post<{ Reply: unknown }>(
  "/v1/orders",
  { schema: { response: { 201: ordering.placeOrder.output } } },
  async (request, reply) => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const key = request.headers["idempotency-key"];
    if (typeof key !== "string") return reply.code(400).send({ code: "IDEMPOTENCY_KEY_MISSING" });
    const now = new Date();
    const { rows: holders } = await pool.query({
      ...authenticate,
      values: [
        new Date(now.getTime() - MINUTE_MS),
        createHash("sha256").update(token).digest(),
        now,
        new Date(now.getTime() - 30 * MINUTE_MS),
      ],
    });
    if (holders.length === 0) return reply.code(401).send({ code: "UNAUTHENTICATED" });
    const client = await pool.connect();
    try {
      await client.query("begin");
      const order = await placeOrder(client, holders[0].account_id, key, now);
      await client.query("commit");
      return reply.code(201).header("location", `/v1/orders/${order.id}`).send(order);
    } catch (error) {
      await client.query("rollback");
      throw error;
    } finally {
      client.release();
    }
  },
);

async function placeOrder(client: pg.PoolClient, accountId: string, key: string, now: Date) {
  const actor = `account:${accountId}`;
  const fingerprint = createHash("sha256").update("POST /v1/orders").digest();
  const claimed = await client.query({ ...claimKey, values: [actor, OPERATION, key, fingerprint] });
  if (claimed.rowCount === 0) throw new Error("This key was used; a replay is not part of the bench.");

  const { rows: items } = await client.query({ ...takeCart, values: [accountId] });
  if (items.length === 0) throw new Error("The cart is empty.");
  const orderId = randomUUID();
  const { rows: reserved } = await client.query({
    ...reserveStock,
    values: [items.map(({ sku }) => sku), items.map(({ quantity }) => quantity), orderId],
  });
  const lines = items.map(({ sku, quantity, unitAmount, currency }) => {
    const product = reserved.find((row) => row.sku === sku);
    if (product?.taken !== true) throw new Error(`${sku} is out of stock.`);
    if (product.price_amount !== unitAmount) throw new Error(`The price of ${sku} has changed.`);
    const { name } = product;
    const lineTotal = { amount: quantity * unitAmount, currency };
    return { sku, name, quantity, unitPrice: { amount: unitAmount, currency }, lineTotal };
  });
  const { currency } = items[0];
  const total = lines.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0);

  const invoiceId = randomUUID();
  await client.query({
    ...bookEntry,
    values: [
      randomUUID(),
      "invoice",
      invoiceId,
      now,
      ["receivable", "revenue"],
      [currency, currency],
      [total, -total],
    ],
  });
  const { rows: invoices } = await client.query({
    ...issueInvoice,
    values: [
      invoiceId,
      orderId,
      accountId,
      currency,
      total,
      now,
      lines.map(({ name }) => name),
      lines.map(({ quantity }) => quantity),
      lines.map(({ unitPrice }) => unitPrice.amount),
    ],
  });
  const invoice = { id: invoiceId, number: invoices[0].number };
  await client.query({
    ...insertOrder,
    values: [
      orderId,
      accountId,
      "placed",
      currency,
      total,
      invoiceId,
      invoice.number,
      now,
      lines.map(({ sku }) => sku),
      lines.map(({ name }) => name),
      lines.map(({ quantity }) => quantity),
      lines.map(({ unitPrice }) => unitPrice.amount),
    ],
  });
  const order = {
    id: orderId,
    state: "placed" as const,
    lines,
    total: { amount: total, currency },
    invoice,
    placedAt: now.toISOString(),
    cancelledAt: null,
  };
  const headers = JSON.stringify({ location: `/v1/orders/${orderId}` });
  await client.query({
    ...storeAnswer,
    values: [actor, OPERATION, key, 201, JSON.stringify(order), headers],
  });
  return order;
}

await server.listen({ host: "127.0.0.1", port: 0 });
serveTasks({ port: () => (server.server.address() as AddressInfo).port }, async () => {
  await server.close();
  await pool.end();
});

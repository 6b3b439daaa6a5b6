import { createHash, randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { catalog } from "@shop/catalog";
import { ordering } from "@shop/ordering";
import Fastify from "fastify";
import pg from "pg";
import { serveTasks } from "../child.ts";

/**
 * Two routes of the shop as somebody would write them by hand for speed: Fastify with its schemas, `pg` with named
 * statements, no modules, no roles, no log. The statements are those of the shop, word for word: the bench listened to
 * the shop and hands them in, so that they stay the same when the shop's change.
 */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const pool = new pg.Pool({ ...JSON.parse(process.argv[2]!), max: 10 });
const server = Fastify();

const overheard: readonly string[] = JSON.parse(process.argv[3]!);

/** The overheard statement that mentions `words`, under a name of its own. */
function statement(name: string, words: string): { name: string; text: string } {
  const text = overheard.find((candidate) => candidate.includes(words));
  if (text === undefined) throw new Error(`The shop no longer sends a statement with "${words}".`);
  return { name, text };
}

const findProduct = statement("find_product", "products.description");
const authenticate = statement("authenticate", "session.token_digest");
const claimKey = statement("claim_key", "insert into ordering._idempotency");
const takeCart = statement("take_cart", "delete from ordering.cart_items");
const reserveStock = statement("reserve_stock", "update catalog.stock");
const bookEntry = statement("book_entry", "insert into billing.journal_entries");
const issueInvoice = statement("issue_invoice", "insert into billing.invoices");
const insertOrder = statement("insert_order", "insert into ordering.orders");
const storeAnswer = statement("store_answer", "update ordering._idempotency");

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

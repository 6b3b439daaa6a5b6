import { billing } from "@shop/billing";
import { catalog } from "@shop/catalog";
import { isError } from "ashlar/contract";
import type { Sql } from "ashlar/module";
import { ordering } from "../contract/index.ts";
import { buyerOf } from "./buyer.ts";
import { handle } from "./definition.ts";
import { type AgreedItem, linesOf, type PlacedOrder, priceChanges, showOrder, totalOf } from "./order.ts";

/**
 * The order in which things are locked is that of how many others want them: the cart (this account alone), the
 * products (their other buyers), the invoice number (every buyer). The number is held from `issueInvoice` to the
 * commit, so only what needs it comes after: the order's row and the event.
 */
export const placeOrder = handle(
  ordering.placeOrder,
  async (_input, { sql, call, publish, actor, fail, newId, now, settings }) => {
    const accountId = buyerOf(actor);
    const orderId = newId();
    const items = await takeCart(sql, accountId);
    const currency = items[0]?.currency ?? fail("CART_EMPTY");
    const reserved = await call(catalog)
      .reserveStock({ orderId, lines: items.map(({ sku, quantity }) => ({ sku, quantity })) })
      .catch((error: unknown) => {
        if (isError(error, catalog.reserveStock, "OUT_OF_STOCK")) return fail("OUT_OF_STOCK", error.data);
        if (isError(error, catalog.reserveStock, "UNKNOWN_SKU")) return fail("UNKNOWN_SKU", error.data);
        throw error;
      });
    const changes = priceChanges(items, reserved.lines);
    if (changes.length > 0) return fail("PRICE_CHANGED", { changes });
    const lines = linesOf(items, reserved.lines);
    const invoice = await call(billing).issueInvoice({
      orderId,
      accountId,
      currency,
      lines: lines.map(({ name, quantity, unitAmount }) => ({ description: name, quantity, unitAmount })),
    });
    const order: NewOrder = {
      id: orderId,
      state: "placed",
      currency,
      totalAmount: totalOf(lines),
      lines,
      invoice: { id: invoice.id, number: invoice.number },
      placedAt: now(),
      paidAt: null,
      cancelledAt: null,
      expiredAt: null,
      refundedAt: null,
    };
    // Sent together, so that the event takes no round trip of its own.
    const [expiresAt] = await Promise.all([
      insertOrder(sql, accountId, order, settings.unpaidMinutes),
      publish(
        ordering.orderPlaced,
        { orderId, accountId, total: { amount: order.totalAmount, currency } },
        { key: orderId },
      ),
    ]);
    return showOrder({ ...order, expiresAt });
  },
);

/** An order before the database has said when it expires. */
type NewOrder = Omit<PlacedOrder, "expiresAt">;

/**
 * Empties the cart into our hands; a rollback puts everything back. A second order of the same cart waits for the
 * first one's rows and then finds them gone. Rows are locked by SKU, so that two orders cannot wait for each other,
 * and a product that is put in meanwhile stays for the next order.
 */
async function takeCart(sql: Sql, accountId: string): Promise<AgreedItem[]> {
  return sql<AgreedItem>`
    with locked as (
      select account_id, sku from ordering.cart_items where account_id = ${accountId} order by sku for update
    ), taken as (
      delete from ordering.cart_items item using locked
      where item.account_id = locked.account_id and item.sku = locked.sku
      returning item.sku, item.quantity, item.unit_amount, item.currency, item.added_at
    )
    select sku, quantity, unit_amount as "unitAmount", currency from taken order by added_at, sku`;
}

/** Writes the order and says when it expires. That is by the database's clock, as is the judgement whether it has. */
async function insertOrder(
  sql: Sql,
  accountId: string,
  order: NewOrder,
  unpaidMinutes: number,
): Promise<Date> {
  const { id, state, currency, totalAmount, invoice, placedAt, lines } = order;
  const [row] = await sql<{ expires_at: Date }>`
    with placed as (
      insert into ordering.orders
        (id, account_id, state, currency, total_amount, invoice_id, invoice_number, placed_at, expires_at)
      values (${id}, ${accountId}, ${state}, ${currency}, ${totalAmount}, ${invoice.id}, ${invoice.number}, ${placedAt},
        now() + ${unpaidMinutes}::integer * interval '1 minute')
      returning id, expires_at
    ), lines as (
      insert into ordering.order_lines (order_id, position, sku, name, quantity, unit_amount)
      select placed.id, line.position, line.sku, line.name, line.quantity, line.unit_amount
      from placed, unnest(
        ${lines.map(({ sku }) => sku)}::text[],
        ${lines.map(({ name }) => name)}::text[],
        ${lines.map(({ quantity }) => quantity)}::integer[],
        ${lines.map(({ unitAmount }) => unitAmount)}::bigint[]
      ) with ordinality as line (sku, name, quantity, unit_amount, position)
    )
    select expires_at from placed`;
  return row!.expires_at;
}

import { ordering } from "../contract/index.ts";
import { buyerOf } from "./buyer.ts";
import { cursorAfter, positionOf } from "./cursor.ts";
import { handle } from "./definition.ts";
import { showOrder } from "./order.ts";
import { type OrderRow, orderFrom } from "./order-rows.ts";

export const listOrders = handle(ordering.listOrders, async ({ cursor, limit }, { sql, actor, fail }) => {
  const before = cursor === undefined ? AFTER_ALL : (positionOf(cursor) ?? fail("CURSOR_INVALID"));
  // Reads `limit` + 1 entries of orders_account_id_id, wherever the page is: the one too many tells that there
  // are more.
  const rows = await sql<OrderRow>`
    select id, account_id, state, currency, total_amount, invoice_id, invoice_number, placed_at, expires_at, paid_at,
      cancelled_at, expired_at, refunded_at,
      (select json_agg(line order by line.position) from ordering.order_lines line
       where line.order_id = orders.id) as lines
    from ordering.orders
    where account_id = ${buyerOf(actor)} and id < ${before}
    order by id desc
    limit ${limit + 1}`;
  const page = rows.slice(0, limit);
  return {
    items: page.map((row) => showOrder(orderFrom(row))),
    nextCursor: rows.length > limit ? cursorAfter(page.at(-1)!.id) : null,
  };
});

/** Greater than every id of version 7. */
const AFTER_ALL = "ffffffff-ffff-ffff-ffff-ffffffffffff";

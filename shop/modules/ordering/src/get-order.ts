import { ordering } from "../contract/index.ts";
import { buyerOf } from "./buyer.ts";
import { handle } from "./definition.ts";
import { showOrder } from "./order.ts";
import { type OrderRow, orderFrom } from "./order-rows.ts";

export const getOrder = handle(ordering.getOrder, async ({ id }, { sql, actor, fail }) => {
  const [row] = await sql<OrderRow>`
    select id, account_id, state, currency, total_amount, invoice_id, invoice_number, placed_at, expires_at, paid_at,
      cancelled_at, expired_at, refunded_at,
      (select json_agg(line order by line.position) from ordering.order_lines line
       where line.order_id = orders.id) as lines
    from ordering.orders
    where id = ${id} and account_id = ${buyerOf(actor)}`;
  return row === undefined ? fail("ORDER_NOT_FOUND") : showOrder(orderFrom(row));
});

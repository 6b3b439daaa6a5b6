import { billing } from "@shop/billing";
import { catalog } from "@shop/catalog";
import { ordering } from "../contract/index.ts";
import { buyerOf } from "./buyer.ts";
import { handle } from "./definition.ts";
import { showOrder } from "./order.ts";
import { after } from "./order-life.ts";
import { type OrderRow, orderFrom, saveLife } from "./order-rows.ts";

/**
 * Locks as placeOrder does: the order, then the products, then the number of the credit note. Crediting also makes
 * billing give back what was paid, if anything was.
 */
export const cancelOrder = handle(
  ordering.cancelOrder,
  async ({ id }, { sql, call, publish, actor, fail, now }) => {
    const accountId = buyerOf(actor);
    // The lock makes a second cancellation wait here and then see the state that the first one left.
    const [row] = await sql<OrderRow>`
      select id, account_id, state, currency, total_amount, invoice_id, invoice_number, placed_at, expires_at, paid_at,
        cancelled_at, expired_at, refunded_at,
        (select json_agg(line order by line.position) from ordering.order_lines line
         where line.order_id = orders.id) as lines
      from ordering.orders
      where id = ${id} and account_id = ${accountId}
      for update`;
    if (row === undefined) return fail("ORDER_NOT_FOUND");
    const order = after(orderFrom(row), "cancelled", now());
    if (order === null) return fail("NOT_CANCELLABLE", { state: row.state });
    const total = { amount: order.totalAmount, currency: order.currency };
    await Promise.all([
      saveLife(sql, order),
      publish(ordering.orderCancelled, { orderId: id, accountId, total }, { key: id }),
      call(catalog).releaseStock({ orderId: id }),
    ]);
    await call(billing).creditInvoice({ orderId: id });
    return showOrder(order);
  },
);

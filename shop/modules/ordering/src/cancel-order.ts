import { billing } from "@shop/billing";
import { catalog } from "@shop/catalog";
import { ordering } from "../contract/index.ts";
import { buyerOf } from "./buyer.ts";
import { handle } from "./definition.ts";
import { cancelled, showOrder } from "./order.ts";
import { type OrderRow, orderFrom } from "./order-rows.ts";

/** Locks as placeOrder does: the order, then the products, then the number of the credit note. */
export const cancelOrder = handle(
  ordering.cancelOrder,
  async ({ id }, { db, sql, call, actor, fail, now }) => {
    // The lock makes a second cancellation wait here and then see the state that the first one left.
    const [row] = await sql<OrderRow>`
      select id, state, currency, total_amount, invoice_id, invoice_number, placed_at, cancelled_at,
        (select json_agg(line order by line.position) from ordering.order_lines line
         where line.order_id = orders.id) as lines
      from ordering.orders
      where id = ${id} and account_id = ${buyerOf(actor)}
      for update`;
    if (row === undefined) return fail("ORDER_NOT_FOUND");
    const order = cancelled(orderFrom(row), now());
    if (order === null) return fail("NOT_CANCELLABLE", { state: row.state });
    await Promise.all([
      db
        .updateTable("orders")
        .set({ state: order.state, cancelled_at: order.cancelledAt })
        .where("id", "=", id)
        .execute(),
      call(catalog).releaseStock({ orderId: id }),
    ]);
    await call(billing).creditInvoice({ orderId: id });
    return showOrder(order);
  },
);

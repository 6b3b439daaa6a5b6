import { billing } from "@shop/billing";
import { ordering } from "../contract/index.ts";
import { on } from "./definition.ts";
import { after } from "./order-life.ts";
import { lockOrder, saveLife } from "./order-rows.ts";

/**
 * The money of an order is there. For one that was cancelled or has expired it is too late: nothing changes here, and
 * billing, which knows that the invoice is credited, gives the money back.
 */
export const onPaymentCaptured = on(
  billing.paymentCaptured,
  { name: "markOrderPaid", inOrder: true },
  async ({ payload: { orderId } }, { sql, publish, now, job }) => {
    const order = await lockOrder(sql, orderId);
    if (order === null) return job.giveUp(`There is no order ${orderId}.`);
    const paid = after(order, "paid", now());
    if (paid === null) return;
    const { accountId, total } = order;
    await Promise.all([
      saveLife(sql, paid),
      publish(ordering.orderPaid, { orderId, accountId, total }, { key: orderId }),
    ]);
  },
);

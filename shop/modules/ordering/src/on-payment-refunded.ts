import { billing } from "@shop/billing";
import { ordering } from "../contract/index.ts";
import { on } from "./definition.ts";
import { after } from "./order-life.ts";
import { lockOrder, saveLife } from "./order-rows.ts";
import { writeMail } from "./write-order-mail.ts";

/**
 * The money of an order was given back. A cancelled order is refunded by that. An expired one stays what it is, since
 * it was never paid in time; only its buyer has to know.
 */
export const onPaymentRefunded = on(
  billing.paymentRefunded,
  { name: "markOrderRefunded", inOrder: true },
  async ({ payload: { orderId } }, context) => {
    const { sql, publish, now, job } = context;
    const order = await lockOrder(sql, orderId);
    if (order === null) return job.giveUp(`There is no order ${orderId}.`);
    const refunded = after(order, "refunded", now());
    if (refunded !== null) {
      const { accountId, total } = order;
      await Promise.all([
        saveLife(sql, refunded),
        publish(ordering.orderRefunded, { orderId, accountId, total }, { key: orderId }),
      ]);
    } else if (order.state === "expired") {
      await writeMail("refunded", { orderId }, context);
    }
    return undefined;
  },
);

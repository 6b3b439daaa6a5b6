import { identity } from "@shop/identity";
import { perform } from "./definition.ts";
import { sendOrderMail } from "./jobs.ts";
import { orderMail } from "./order-mail.ts";
import { type OrderRow, orderFrom } from "./order-rows.ts";

/** An attempt that is repeated sends the same mail under the same id. */
export const performSendOrderMail = perform(
  sendOrderMail,
  async ({ orderId, occasion }, { sql, call, ports, job, signal }) => {
    const [row] = await sql<OrderRow>`
      select id, account_id, state, currency, total_amount, invoice_id, invoice_number, placed_at, expires_at, paid_at,
        cancelled_at, expired_at, refunded_at,
        (select json_agg(line order by line.position) from ordering.order_lines line
         where line.order_id = orders.id) as lines
      from ordering.orders
      where id = ${orderId}`;
    if (row === undefined) return job.giveUp(`There is no order ${orderId}.`);
    const reader = await call(identity).findContact({ accountId: row.account_id });
    if (reader === null) return job.cancel("The account is gone.");
    const { subject, text } = orderMail(occasion, orderFrom(row));
    const outcome = await ports.mail.send(
      { id: `${orderId}.${occasion}`, to: reader.email, subject, text },
      signal,
    );
    return outcome === "sent" ? undefined : job.cancel("No mail can be sent to the account's address.");
  },
);

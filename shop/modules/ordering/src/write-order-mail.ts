import type { PayloadOf } from "ashlar/contract";
import { ordering } from "../contract/index.ts";
import { on } from "./definition.ts";
import { sendOrderMail } from "./jobs.ts";
import type { Occasion } from "./order-mail.ts";

/**
 * A mail is written when its event arrives, by a job of its own: what the buyer is told is true then, and a mail
 * server that is down holds up neither the order nor the next event.
 */
export const mailSubscribers = [
  on(ordering.orderPlaced, { name: "mailOrderPlaced" }, ({ payload }, context) =>
    writeMail("placed", payload, context),
  ),
  on(ordering.orderPaid, { name: "mailOrderPaid" }, ({ payload }, context) =>
    writeMail("paid", payload, context),
  ),
  on(ordering.orderCancelled, { name: "mailOrderCancelled" }, ({ payload }, context) =>
    writeMail("cancelled", payload, context),
  ),
  on(ordering.orderExpired, { name: "mailOrderExpired" }, ({ payload }, context) =>
    writeMail("expired", payload, context),
  ),
  on(ordering.orderRefunded, { name: "mailOrderRefunded" }, ({ payload }, context) =>
    writeMail("refunded", payload, context),
  ),
];

/** That of any subscriber. */
type Context = Parameters<Parameters<typeof on<typeof ordering.orderPlaced>>[2]>[1];

/** The row outlives delivery and job, so that not even a replay of the events writes a second mail. */
export async function writeMail(
  occasion: Occasion,
  { orderId }: Pick<PayloadOf<typeof ordering.orderPlaced>, "orderId">,
  { sql, enqueue, now }: Context,
): Promise<void> {
  const [written] = await sql`
    insert into ordering.order_mails (order_id, occasion, written_at) values (${orderId}, ${occasion}, ${now()})
    on conflict (order_id, occasion) do nothing
    returning order_id`;
  if (written !== undefined) await enqueue(sendOrderMail, { orderId, occasion });
}

import { ordering } from "./contract.ts";
import { handle } from "./definition.ts";
import { sendReceipt } from "./jobs.ts";

export const placeOrder = handle(ordering.placeOrder, async ({ email }, { sql, enqueue, newId }) => {
  const orderId = newId();
  await sql`insert into ordering.orders (id, email) values (${orderId}, ${email})`;
  await enqueue(sendReceipt, { orderId }, { delayMs: 60_000 });
  return { orderId };
});

import { perform } from "./definition.ts";
import { sendReceipt } from "./jobs.ts";

export const performSendReceipt = perform(sendReceipt, async ({ orderId }, { sql, ports, signal }) => {
  const [order] = await sql<{ email: string }>`select email from ordering.orders where id = ${orderId}`;
  await ports.mail.send({ to: order!.email, subject: "Thank you" }, { signal });
});

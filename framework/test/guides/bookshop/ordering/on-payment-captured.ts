import { billing } from "../billing/contract.ts";
import { on } from "./definition.ts";

export const onPaymentCaptured = on(
  billing.paymentCaptured,
  { name: "markOrderPaid", inOrder: true },
  async ({ payload }, { sql }) => {
    await sql`update ordering.orders set state = 'paid' where id = ${payload.orderId}`;
  },
);

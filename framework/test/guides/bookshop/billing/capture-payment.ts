import { closed, Type } from "ashlar/contract";
import { define, ports } from "ashlar/module";
import { billing } from "./contract.ts";

export interface Payments {
  /** Asked again with the same key, it charges nothing and answers as the first time. */
  capture(request: { readonly idempotencyKey: string; readonly cents: number }): Promise<void>;
}

interface PaymentRow {
  readonly order_id: string;
  readonly cents: number;
}

export const definition = define(billing, { ports: ports<{ payments: Payments }>("payments") });
const { job, perform } = definition;

export const capturePayment = job("capturePayment", {
  payload: closed({ paymentId: Type.String() }),
  transaction: "none",
});

export const performCapture = perform(
  capturePayment,
  async ({ paymentId }, { sql, ports, transaction, publish, job }) => {
    const [payment] = await sql<PaymentRow>`
      select order_id, cents from billing.payments where id = ${paymentId}`;
    if (payment === undefined) return job.giveUp(`There is no payment ${paymentId}.`);
    const { order_id: orderId, cents } = payment;
    await ports.payments.capture({ idempotencyKey: paymentId, cents });
    await transaction(async () => {
      await sql`update billing.payments set captured = true where id = ${paymentId}`;
      await publish(billing.paymentCaptured, { paymentId, orderId, cents }, { key: orderId });
    });
  },
);

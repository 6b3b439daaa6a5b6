import { perform } from "./definition.ts";
import { refundPayment } from "./jobs.ts";
import { findPayment, lockPayment, record } from "./payment-rows.ts";

/** As with a capture, whoever got no answer asks again, and the provider refunds once. */
export const performRefund = perform(refundPayment, async ({ paymentId }, context) => {
  const { sql, ports, transaction, job, signal } = context;
  const payment = await findPayment(sql, paymentId);
  if (payment === null) return job.giveUp(`There is no payment ${paymentId}.`);
  if (payment.state !== "refund_due") return;
  const { amount, capture_id: captureId } = payment;
  if (captureId === null) return job.giveUp(`The payment ${paymentId} has no capture to give back.`);
  const refund =
    amount === 0
      ? { id: `free-${paymentId}` }
      : await ports.payments.refund({ paymentId, captureId, amount }, signal);
  await transaction(async () => {
    const locked = await lockPayment(sql, paymentId);
    if (locked !== null) await record(context, locked, "refunded", { refundId: refund.id });
  });
});

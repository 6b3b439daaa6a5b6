import { perform } from "./definition.ts";
import { capturePayment } from "./jobs.ts";
import type { Capture, PaymentProvider } from "./payment-provider.ts";
import { findPayment, lockPayment, type PaymentRow, record } from "./payment-rows.ts";

/**
 * Between the provider's answer and our transaction the process may die, and an answer may never arrive: then the
 * next attempt asks again, and the provider charges no card twice for one payment. Meanwhile a notice may have told
 * us, and the transaction finds nothing left to do.
 */
export const performCapture = perform(capturePayment, async ({ paymentId }, context) => {
  const { sql, ports, transaction, job, signal } = context;
  const payment = await findPayment(sql, paymentId);
  if (payment === null) return job.giveUp(`There is no payment ${paymentId}.`);
  if (payment.state !== "pending") return;
  const capture = await captureOf(payment, ports.payments, job.attempt, signal);
  await transaction(async () => {
    const locked = await lockPayment(sql, paymentId);
    if (locked === null) return;
    if (capture === null) await record(context, locked, "not_wanted");
    else if (capture.state === "succeeded") {
      await record(context, locked, "captured", { captureId: capture.id });
    } else {
      await record(context, locked, "declined", { captureId: capture.id, declineReason: capture.reason });
    }
  });
});

/** What became of the payment at the provider, who is made to capture it unless that is known; null if it need not be. */
async function captureOf(
  { id, amount, currency, card, is_credited: isCredited }: PaymentRow,
  provider: PaymentProvider,
  attempt: number,
  signal: AbortSignal,
): Promise<Capture | null> {
  // An invoice of nothing is paid without anybody's help.
  if (amount === 0) return { state: "succeeded", id: `free-${id}` };
  // An attempt before this one may have captured without hearing of it; of a credited invoice we must know.
  const earlier = attempt > 1 || isCredited ? await provider.findByReference(id, signal) : null;
  if (earlier !== null) return earlier;
  if (isCredited) return null;
  if (card === null) throw new TypeError(`The payment ${id} is pending and has no card.`);
  return provider.capture({ paymentId: id, amount, currency, card }, signal);
}

import { billing } from "../contract/index.ts";
import { handle } from "./definition.ts";
import type { Fact } from "./payment.ts";
import { isSigned, type Notice, readNotice } from "./payment-notice.ts";
import { isPaymentId, lockPayment, type Particulars, record } from "./payment-rows.ts";

/** What a kind of notice tells. Money that is settled has been captured, whether we were told of that before or not. */
const FACTS: Readonly<Record<string, Fact>> = {
  "capture.succeeded": "captured",
  "capture.settled": "captured",
  "capture.declined": "declined",
  "refund.succeeded": "refunded",
};

export const receivePaymentNotice = handle(
  billing.receivePaymentNotice,
  async ({ body, signature }, context) => {
    const { sql, settings, fail, now, log } = context;
    if (!isSigned(body, signature, settings.webhookSecret, now())) return fail("SIGNATURE_INVALID");
    const notice = readNotice(body) ?? fail("NOTICE_INVALID");
    const fact = Object.hasOwn(FACTS, notice.type) ? FACTS[notice.type] : undefined;
    if (fact === undefined) return { outcome: "ignored" as const };
    const { reference } = notice.data;
    const payment = isPaymentId(reference) ? await lockPayment(sql, reference) : null;
    if (payment === null) {
      log.warn({ reference, notice: notice.id, type: notice.type }, "a notice is about no payment of ours");
      return { outcome: "unknown" as const };
    }
    // Two of the same at once: the second one has waited for the lock above, and finds the first one here.
    const [taken] = await sql<{ id: string }>`
      insert into billing.payment_notices (id, payment_id, kind, received_at)
      values (${notice.id}, ${payment.id}, ${notice.type}, ${now()})
      on conflict (id) do nothing
      returning id`;
    if (taken === undefined) return { outcome: "repeated" as const };
    const isNews = await record(context, payment, fact, particularsOf(notice, fact));
    return { outcome: isNews ? ("recorded" as const) : ("unchanged" as const) };
  },
);

function particularsOf({ data }: Notice, fact: Fact): Particulars {
  if (fact === "refunded") {
    return { refundId: data.id, ...(data.capture === undefined ? {} : { captureId: data.capture }) };
  }
  return {
    captureId: data.id,
    ...(fact === "declined" ? { declineReason: data.declineReason ?? "unknown" } : {}),
  };
}

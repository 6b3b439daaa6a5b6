import { billing } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { findPayment, showPayment } from "./payment-rows.ts";
import { ownAccountOf, seesAll } from "./viewer.ts";

export const getPayment = handle(billing.getPayment, async ({ id }, { sql, actor, fail }) => {
  const payment = await findPayment(sql, id);
  if (payment === null) return fail("PAYMENT_NOT_FOUND");
  return payment.account_id === ownAccountOf(actor) || seesAll(actor)
    ? showPayment(payment)
    : fail("PAYMENT_NOT_FOUND");
});

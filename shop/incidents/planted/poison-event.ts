import { randomUUID } from "node:crypto";
import type { Incident } from "../incident.ts";

const EVENTS = 3;
/** What tells its events from others: how the payments' ids begin. */
const MARK = "1c1de170-";

/** Payments of orders that nobody knows: whoever takes them in can only give up. */
export const poisonEvent: Incident = {
  name: "poison-event",
  story: "Events tell of payments for orders that do not exist, and the subscriber gives up on them",
  seenBy: ["dead-letters"],
  module: "ordering",
  async plant({ admin }) {
    for (let event = 0; event < EVENTS; event++) {
      const [invoiceId, orderId] = [randomUUID(), randomUUID()];
      const paymentId = `${MARK}${randomUUID().slice(MARK.length)}`;
      const total = { amount: 1999, currency: "USD" };
      const payload = { paymentId, invoiceId, orderId, total, capturedAt: new Date().toISOString() };
      await admin.query(
        `insert into billing._outbox (event, version, key, payload)
         values ('billing.paymentCaptured', 1, $1, $2)`,
        [orderId, JSON.stringify(payload)],
      );
    }
    await admin.query("notify ashlar_jobs, 'outbox:billing'");
  },
  async clear({ admin }) {
    await admin.query(
      `delete from ordering._dead_jobs where kind = 'on.markOrderPaid' and payload::text like '%${MARK}%'`,
    );
  },
};

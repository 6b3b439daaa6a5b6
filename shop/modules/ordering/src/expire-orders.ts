import { billing } from "@shop/billing";
import { catalog } from "@shop/catalog";
import { ordering } from "../contract/index.ts";
import { perform, schedule } from "./definition.ts";
import { expireOrders } from "./jobs.ts";
import { after } from "./order-life.ts";
import { lockOverdueOrder, saveLife } from "./order-rows.ts";

const BATCH = 100;
/** An attempt that has less time left ends; the next minute goes on. */
const SPARE_MS = 5_000;

/**
 * Each order is a transaction of its own and locks as cancelOrder does: the order, then its products, then the number
 * of the credit note. Several in one transaction would take the second one's products while they hold the first one's
 * number, and cancelOrder wants them the other way round.
 *
 * An order that cannot be expired does not keep the others: the attempt goes on behind it and fails at the end.
 */
export const performExpireOrders = perform(
  expireOrders,
  async (_payload, { sql, call, publish, transaction, now, deadline, signal, log }) => {
    const failures: unknown[] = [];
    let expired = 0;
    let last = { at: "-infinity", id: "00000000-0000-0000-0000-000000000000" };
    for (let isMore = true; isMore && Date.now() < deadline - SPARE_MS; ) {
      // orders_expires_at_id from the left. The time stays text: a Date would cut off its microseconds.
      const overdue = await sql<{ at: string; id: string }>`
        select expires_at::text as at, id from ordering.orders
        where state = 'placed' and expires_at <= now()
          and (expires_at, id) > (${last.at}::text::timestamptz, ${last.id}::uuid)
        order by expires_at, id limit ${BATCH}`;
      for (const { id } of overdue) {
        signal.throwIfAborted();
        try {
          if (await transaction(() => expire(id))) expired++;
        } catch (error) {
          log.error({ err: error, orderId: id }, "an order could not be expired");
          failures.push(error);
        }
      }
      last = overdue.at(-1) ?? last;
      isMore = overdue.length === BATCH;
    }
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} orders cannot be expired.`);
    return { expired };

    /** False when the order was paid or cancelled meanwhile, or just now is: then it is left to that. */
    async function expire(orderId: string): Promise<boolean> {
      const order = await lockOverdueOrder(sql, orderId);
      const ended = order === null ? null : after(order, "expired", now());
      if (ended === null) return false;
      const { accountId, total } = ended;
      await Promise.all([
        saveLife(sql, ended),
        publish(ordering.orderExpired, { orderId, accountId, total }, { key: orderId }),
        call(catalog).releaseStock({ orderId }),
      ]);
      await call(billing).creditInvoice({ orderId });
      return true;
    }
  },
);

export const expireEveryMinute = schedule("expireOrders", {
  everyMs: 60_000,
  job: expireOrders,
  payload: {},
});

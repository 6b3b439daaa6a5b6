import { perform, schedule } from "./definition.ts";
import { expireOrders } from "./jobs.ts";

export const performExpireOrders = perform(expireOrders, async (_payload, { sql, job }) => {
  await sql`
    update ordering.orders set state = 'expired'
     where state = 'placed' and placed_at < ${job.scheduledFor ?? new Date()}::timestamptz - interval '1 day'`;
});

export const schedules = [
  schedule("expireNightly", { cron: "0 3 * * *", timeZone: "Europe/Berlin", job: expireOrders, payload: {} }),
  schedule("expireOften", { everyMs: 3_600_000, catchUp: "none", job: expireOrders, payload: {} }),
];

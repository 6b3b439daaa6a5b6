import type { DatabaseShare, Work } from "../../api/work.ts";
import type { Ground } from "../ground.ts";
import { activityOf } from "./activity-of.ts";
import { databaseCostOf } from "./database-time.ts";
import { secondsOf, type WholeMinutes } from "./period.ts";
import { slowestOf, together, workOf, worksOf } from "./work.ts";

/** What the modules did in a period, and what they did with each other. */
export interface RecentWork {
  /** Operations, jobs and deliveries of a module. */
  ofModule(module: string): Work;
  /** Calls from one module to another. */
  calls(from: string, to: string): Work;
  /** Deliveries to these subscribers of a module. */
  deliveries(module: string, subscribers: readonly string[]): Work;
  /** Null while nothing is known of what statements cost. */
  database(module: string): DatabaseShare | null;
}

export async function recentWork(
  ground: Ground,
  period: WholeMinutes,
  deadline: number,
): Promise<RecentWork> {
  const activity = activityOf(ground, deadline);
  // One after the other: the console has two connections for all who look.
  const perModule = await activity.totals({ kind: ["call", "job"], per: "module", ...period });
  const perName = await activity.totals({ kind: ["delivery", "edge"], ...period });
  const dates = { from: new Date(period.from), until: new Date(period.until) };
  const cost = await databaseCostOf(ground, deadline).byModule(dates);
  const seconds = secondsOf(period);
  const ofModule = worksOf(perModule, seconds);
  const ofName = worksOf(perName, seconds);
  const deliveredTo = (module: string) =>
    slowestOf(
      perName
        .filter((total) => total.kind === "delivery" && total.module === module)
        .map((total) => workOf(total, seconds)),
    );
  const msOf = new Map(cost.map(({ module, ms, share }) => [module, { msPerSecond: ms / seconds, share }]));
  return {
    ofModule: (module) => together([ofModule("call", module), ofModule("job", module), deliveredTo(module)]),
    calls: (from, to) => ofName("edge", from, to),
    deliveries: (module, subscribers) =>
      slowestOf(
        subscribers.map((subscriber) => ofName("delivery", module, deliveryName(module, subscriber))),
      ),
    database: (module) => (msOf.size === 0 ? null : (msOf.get(module) ?? { msPerSecond: 0, share: 0 })),
  };
}

/** As `ashlar.activity` names what a subscriber took in. */
export function deliveryName(module: string, subscriber: string): string {
  return `${module}.on.${subscriber}`;
}

import { Activity, type ActivityKind, type ActivityTotal } from "ashlar/module";
import type { DatabaseShare, Work } from "../../api/work.ts";
import type { Ground } from "../ground.ts";
import { databaseCostOf } from "./database-time.ts";
import { secondsOf, type WholeMinutes } from "./period.ts";
import { NO_WORK, slowestOf, together, workOf } from "./work.ts";

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
  const activity = new Activity({ execute: (statement) => ground.execute(statement, deadline) });
  const totals = (kind: ActivityKind, per: "name" | "module") => activity.totals({ kind, per, ...period });
  // One after the other: the console has two connections for all who look.
  const calls = await totals("call", "module");
  const jobs = await totals("job", "module");
  const deliveries = await totals("delivery", "name");
  const edges = await totals("edge", "name");
  const dates = { from: new Date(period.from), until: new Date(period.until) };
  const cost = await databaseCostOf(ground, deadline).byModule(dates);
  const seconds = secondsOf(period);
  const works = (found: readonly ActivityTotal[]) => {
    const byKey = new Map(found.map((total) => [`${total.module} ${total.name}`, workOf(total, seconds)]));
    return (module: string, name = "") => byKey.get(`${module} ${name}`) ?? NO_WORK;
  };
  const callOf = works(calls);
  const jobOf = works(jobs);
  const deliveryOf = works(deliveries);
  const edgeOf = works(edges);
  const deliveredTo = (module: string) =>
    slowestOf(deliveries.filter((total) => total.module === module).map((total) => workOf(total, seconds)));
  const msOf = new Map(cost.map(({ module, ms, share }) => [module, { msPerSecond: ms / seconds, share }]));
  return {
    ofModule: (module) => together([callOf(module), jobOf(module), deliveredTo(module)]),
    calls: (from, to) => edgeOf(from, to),
    deliveries: (module, subscribers) =>
      slowestOf(subscribers.map((subscriber) => deliveryOf(module, deliveryName(module, subscriber)))),
    database: (module) => (msOf.size === 0 ? null : (msOf.get(module) ?? { msPerSecond: 0, share: 0 })),
  };
}

/** As `ashlar.activity` names what a subscriber took in. */
export function deliveryName(module: string, subscriber: string): string {
  return `${module}.on.${subscriber}`;
}

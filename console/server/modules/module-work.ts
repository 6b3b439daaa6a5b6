import type { Activity, ActivityTotal } from "ashlar/module";
import type { Work } from "../../api/work.ts";
import { secondsOf, type WholeMinutes } from "./period.ts";
import { together, worksOf } from "./work.ts";

/** What each part of a module did in a period. */
export interface ModuleWork {
  of(kind: "request" | "call" | "job" | "delivery", name: string): Work;
  /** Calls of the module to another one. */
  to(module: string): Work;
  /** Calls of another one to the module. */
  from(module: string): Work;
  /** Operations, jobs and deliveries. */
  readonly all: Work;
}

/** One after the other: the console has two connections for all who look. */
export async function moduleWork(
  activity: Activity,
  module: string,
  period: WholeMinutes,
): Promise<ModuleWork> {
  const seconds = secondsOf(period);
  const works = (totals: readonly ActivityTotal[]) => worksOf(totals, seconds);
  const kinds = ["request", "call", "job", "delivery", "edge"] as const;
  const own = works(await activity.totals({ kind: kinds, module, ...period }));
  const callers = works(await activity.totals({ kind: "edge", name: module, ...period }));
  const whole = works(
    await activity.totals({ kind: ["call", "job", "delivery"], module, per: "module", ...period }),
  );
  return {
    of: (kind, name) => own(kind, module, name),
    to: (other) => own("edge", module, other),
    from: (other) => callers("edge", other, module),
    all: together([whole("call", module), whole("job", module), whole("delivery", module)]),
  };
}

import { HistogramSnapshot } from "ashlar/telemetry";
import type { Work } from "../../api/work.ts";
import { type ActivityReading, type Counted, edgeName, nameKey } from "./activity-reading.ts";
import { NO_WORK, together } from "./work.ts";

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

export function moduleWork(reading: ActivityReading, module: string, seconds: number): ModuleWork {
  const work = (key: string) => workOfCounted(reading.get(key), seconds);
  const all = (kind: string) =>
    workOfCounted(
      [...reading].reduce<Counted | undefined>(
        (sum, [key, each]) => (key.startsWith(nameKey(kind, "")) ? plus(sum, each) : sum),
        undefined,
      ),
      seconds,
    );
  return {
    of: (kind, name) => work(nameKey(kind, name)),
    to: (other) => work(nameKey("edge", edgeName(module, other))),
    from: (other) => work(nameKey("edge", edgeName(other, module))),
    all: together([all("call"), all("job"), all("delivery")]),
  };
}

function plus(sum: Counted | undefined, each: Counted): Counted {
  if (sum === undefined) return each;
  return {
    count: sum.count + each.count,
    failed: sum.failed + each.failed,
    durations: [...sum.durations, ...each.durations],
  };
}

function workOfCounted(counted: Counted | undefined, seconds: number): Work {
  if (counted === undefined || counted.count === 0) return NO_WORK;
  const { count, failed } = counted;
  const durations = HistogramSnapshot.of(counted.durations, 0);
  return {
    count,
    perSecond: count / seconds,
    failed,
    errorShare: failed / count,
    p50Ms: durations.quantile(0.5),
    p99Ms: durations.quantile(0.99),
  };
}

import { HistogramSnapshot } from "ashlar/telemetry";
import type { Series } from "../../api/series.ts";
import type { Ground } from "../ground.ts";
import { type ActivityReading, stepKey } from "./activity-reading.ts";
import { databaseCostOf } from "./database-time.ts";
import type { WholeMinutes } from "./period.ts";

export interface SeriesParts extends WholeMinutes {
  readonly module: string;
  readonly stepMs: number;
  readonly reading: ActivityReading;
}

/** What a module did over time, as `ModuleView.series` has it. */
export async function moduleSeries(
  ground: Ground,
  { module, from, until, stepMs, reading }: SeriesParts,
  deadline: number,
): Promise<Series> {
  const times: number[] = [];
  for (let at = Math.floor(from / stepMs) * stepMs; at < until; at += stepMs) times.push(at);
  const cost = await databaseCostOf(ground, deadline).byStep({
    from: new Date(times[0] ?? from),
    until: new Date(until),
    stepMs,
    module,
  });
  const database = new Map(cost.map(({ at, ms }) => [at.getTime(), ms]));
  // The first step may have begun before, and the last may not be over.
  const seconds = (at: number) => (Math.min(at + stepMs, until) - Math.max(at, from)) / 1000;
  const of = (kind: string, at: number) => reading.get(stepKey(kind, at));
  const quantile = (at: number, q: number) =>
    HistogramSnapshot.of(of("call", at)?.durations ?? [], 0).quantile(q);
  const perSecond = (kind: string) => times.map((at) => (of(kind, at)?.count ?? 0) / seconds(at));
  const sum = (at: number, key: "count" | "failed") =>
    ["call", "job", "delivery"].reduce((total, kind) => total + (of(kind, at)?.[key] ?? 0), 0);
  return {
    times,
    stepMs,
    values: {
      operations: perSecond("call"),
      jobs: perSecond("job"),
      deliveries: perSecond("delivery"),
      errors: times.map((at) => {
        const count = sum(at, "count");
        return count === 0 ? null : sum(at, "failed") / count;
      }),
      p50: times.map((at) => quantile(at, 0.5)),
      p99: times.map((at) => quantile(at, 0.99)),
      database: times.map((at) => {
        const ms = database.get(at);
        return ms === undefined ? null : ms / ((Math.min(at + stepMs, until) - at) / 1000);
      }),
    },
  };
}

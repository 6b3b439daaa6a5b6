import type { ActivityKind, ActivityStep } from "ashlar/module";
import type { Series } from "../../api/series.ts";
import type { Ground } from "../ground.ts";
import { activityOf } from "./activity-of.ts";
import { databaseCostOf } from "./database-time.ts";
import type { WholeMinutes } from "./period.ts";
import { together, workOf } from "./work.ts";

export interface SeriesParts extends WholeMinutes {
  readonly module: string;
  readonly stepMs: number;
}

/** What a module did over time, as `ModuleView.series` has it. The first step is a whole one. */
export async function moduleSeries(
  ground: Ground,
  { module, from, until, stepMs }: SeriesParts,
  deadline: number,
): Promise<Series> {
  const activity = activityOf(ground, deadline);
  // One after the other: the console has two connections for all who look.
  const of = (kind: ActivityKind) => activity.series({ kind, module, from, until, stepMs });
  const calls = await of("call");
  const jobs = await of("job");
  const deliveries = await of("delivery");
  const times = calls.map(({ at }) => at);
  const cost = await databaseCostOf(ground, deadline).byStep({
    from: new Date(times[0] ?? from),
    until: new Date(until),
    stepMs,
    module,
  });
  const database = new Map(cost.map(({ at, ms }) => [at.getTime(), ms]));
  // The last step may not be over.
  const seconds = (at: number) => (Math.min(at + stepMs, until) - at) / 1000;
  const perSecond = (steps: readonly ActivityStep[]) => steps.map(({ at, count }) => count / seconds(at));
  return {
    times,
    stepMs,
    values: {
      operations: perSecond(calls),
      jobs: perSecond(jobs),
      deliveries: perSecond(deliveries),
      errors: times.map((_, step) => {
        const { errorShare, count } = together(
          [calls, jobs, deliveries].map((steps) => workOf(steps[step], 1)),
        );
        return count === 0 ? null : errorShare;
      }),
      p50: calls.map(({ p50Ms }) => p50Ms),
      p99: calls.map(({ p99Ms }) => p99Ms),
      database: times.map((at) => {
        const ms = database.get(at);
        return ms === undefined ? null : ms / seconds(at);
      }),
    },
  };
}

import type { Series } from "../../../api/series.ts";

/** Up to so long a step, one that is missing at the end is not missed. */
const SHORT_STEP_MS = 5 * 60_000;
/** What happened in a step is noted as it ends, and read a little later. */
const NOTED_AFTER_MS = 10_000;

/** Without the last step while it is not over and noted: half a minute of work would look like a fall. */
export function settled(series: Series, now: number): Series {
  const { times, stepMs, values } = series;
  const last = times.at(-1);
  if (last === undefined || stepMs > SHORT_STEP_MS || last + stepMs + NOTED_AFTER_MS <= now) return series;
  return {
    times: times.slice(0, -1),
    stepMs,
    values: Object.fromEntries(Object.entries(values).map(([name, each]) => [name, each.slice(0, -1)])),
  };
}

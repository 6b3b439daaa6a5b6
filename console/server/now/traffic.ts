import type { ActivityStep } from "ashlar/module";
import type { NowNumbers } from "../../api/now.ts";
import type { Series } from "../../api/series.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The last sixty full minutes. */
export function trafficPeriod(now: number): { readonly from: number; readonly until: number } {
  const until = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  return { from: until - HOUR_MS, until };
}

export function trafficSeries(steps: readonly ActivityStep[]): Series {
  return {
    times: steps.map(({ at }) => at),
    stepMs: MINUTE_MS,
    values: {
      requests: steps.map(({ count }) => count / 60),
      errors: steps.map(({ count, failed }) => (count === 0 ? null : failed / count)),
      p99: steps.map(({ p99Ms }) => p99Ms),
    },
  };
}

/**
 * Of the last full minute; the one before while that one was only just over, since instances note it as it ends. Nobody
 * asked for anything when neither has requests.
 */
export function trafficNumbers(
  steps: readonly ActivityStep[],
): Pick<NowNumbers, "requestsPerSecond" | "errorShare" | "p99Ms"> {
  const last = steps.slice(-2).findLast(({ count }) => count > 0);
  if (last === undefined) return { requestsPerSecond: 0, errorShare: 0, p99Ms: null };
  return { requestsPerSecond: last.count / 60, errorShare: last.failed / last.count, p99Ms: last.p99Ms };
}

import type { ModuleRange } from "../../api/module.ts";

const MINUTE_MS = 60_000;

export interface RangeSteps {
  readonly minutes: number;
  /** Of the chart: 60 to 170 points. */
  readonly stepMs: number;
  /**
   * Durations are taken from every so-manieth minute, for a week of histograms would be read for seconds. No multiple
   * of what schedules like to have, so that no job is always missed. Counts are of all minutes.
   */
  readonly timedEvery: number;
}

export const RANGES: Readonly<Record<ModuleRange, RangeSteps>> = {
  "1h": { minutes: 60, stepMs: MINUTE_MS, timedEvery: 1 },
  "6h": { minutes: 360, stepMs: 5 * MINUTE_MS, timedEvery: 1 },
  "24h": { minutes: 1_440, stepMs: 15 * MINUTE_MS, timedEvery: 7 },
  "7d": { minutes: 10_080, stepMs: 60 * MINUTE_MS, timedEvery: 29 },
};

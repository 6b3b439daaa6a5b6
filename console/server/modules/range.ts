import type { ModuleRange } from "../../api/module.ts";

const MINUTE_MS = 60_000;

export interface RangeSteps {
  readonly minutes: number;
  /** Of the chart: 60 to 170 points. */
  readonly stepMs: number;
}

export const RANGES: Readonly<Record<ModuleRange, RangeSteps>> = {
  "1h": { minutes: 60, stepMs: MINUTE_MS },
  "6h": { minutes: 360, stepMs: 5 * MINUTE_MS },
  "24h": { minutes: 1_440, stepMs: 15 * MINUTE_MS },
  "7d": { minutes: 10_080, stepMs: 60 * MINUTE_MS },
};

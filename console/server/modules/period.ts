/** Whole minutes: `ashlar.activity` and `ashlar.database_cost` have no less. In milliseconds of the epoch. */
export interface WholeMinutes {
  readonly from: number;
  /** The first moment that is no longer in it. */
  readonly until: number;
}

const MINUTE_MS = 60_000;
/** Instances write a minute down when it has ended; this long it may take. */
const LATE_MS = 3_000;

/** The last minutes that have ended. */
export function lastMinutes(now: number, minutes: number): WholeMinutes {
  const until = Math.floor((now - LATE_MS) / MINUTE_MS) * MINUTE_MS;
  return { from: until - minutes * MINUTE_MS, until };
}

export function secondsOf({ from, until }: WholeMinutes): number {
  return (until - from) / 1000;
}

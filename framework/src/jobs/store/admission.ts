import type { Rate } from "./job-gates.ts";

/** A claimed job that limits hold for. */
export interface Applicant {
  readonly id: number;
  readonly limitKey: string | null;
  readonly rateKey: string | null;
  readonly orderKey: string | null;
}

/** How things stand under the locks of all the gates in question. Times are epoch milliseconds of one clock. */
export interface GateStates {
  readonly nowMs: number;
  /** By limit key. A key that is not here limits nothing. */
  readonly limits: ReadonlyMap<string, { readonly maximum: number; readonly inside: number }>;
  /** By rate key. */
  readonly rates: ReadonlyMap<string, RateState>;
  /** By order key. `head` is the first job in line; null when that could not be found out just now. */
  readonly turns: ReadonlyMap<string, { readonly head: number | null; readonly inside: number }>;
}

export interface RateState extends Rate {
  /** The theoretical arrival time of the next start; null when there was none before. */
  readonly arrivalMs: number | null;
  /** The time given to the last job that was told to come back; null when there was none. */
  readonly waitingUntilMs: number | null;
}

export interface Decision {
  readonly admitted: readonly number[];
  /** `untilMs` null: until somebody makes room. */
  readonly parked: readonly { readonly id: number; readonly untilMs: number | null }[];
  /** The rates that changed. */
  readonly rates: ReadonlyMap<string, RateState>;
}

/** How long a job stays away whose place in line is not known because its head is locked. */
const UNDECIDED_MS = 250;

/**
 * Decides which of the jobs may start; `jobs` are in the order in which they are to be run. A start is counted
 * before the next job is looked at. Order comes before limits and limits before rates, so that only a job which
 * starts uses up some of its rate.
 */
export function decideAdmission(jobs: readonly Applicant[], states: GateStates): Decision {
  const { nowMs } = states;
  const admitted: number[] = [];
  const parked: { id: number; untilMs: number | null }[] = [];
  const inside = new Map<string, number>();
  const rates = new Map<string, RateState>();
  for (const { id, limitKey, rateKey, orderKey } of jobs) {
    const turn = orderKey === null ? undefined : states.turns.get(orderKey);
    const limit = limitKey === null ? undefined : states.limits.get(limitKey);
    const rate = rateKey === null ? undefined : (rates.get(rateKey) ?? states.rates.get(rateKey));
    if (turn !== undefined && turn.head === null) {
      parked.push({ id, untilMs: nowMs + UNDECIDED_MS });
    } else if (turn !== undefined && (turn.head !== id || turn.inside + (inside.get(orderKey!) ?? 0) > 0)) {
      parked.push({ id, untilMs: null });
    } else if (limit !== undefined && limit.inside + (inside.get(limitKey!) ?? 0) >= limit.maximum) {
      parked.push({ id, untilMs: null });
    } else if (rate !== undefined && earliestStart(rate, nowMs) > nowMs) {
      const untilMs = nextInLine(rate, nowMs);
      rates.set(rateKey!, { ...rate, waitingUntilMs: untilMs });
      parked.push({ id, untilMs });
    } else {
      admitted.push(id);
      if (limitKey !== null) inside.set(limitKey, (inside.get(limitKey) ?? 0) + 1);
      if (orderKey !== null) inside.set(orderKey, (inside.get(orderKey) ?? 0) + 1);
      if (rate !== undefined) rates.set(rateKey!, started(rate, nowMs));
    }
  }
  return { admitted, parked, rates };
}

/**
 * The generic cell rate algorithm: starts are `perMs / maximum` apart on average, and at most `maximum` may come at
 * once after a quiet time. However long the quiet time was, it saves up no more than that.
 */
function earliestStart({ maximum, perMs, arrivalMs }: RateState, nowMs: number): number {
  const tolerance = perMs - perMs / maximum;
  return arrivalMs === null ? nowMs : arrivalMs - tolerance;
}

function started(rate: RateState, nowMs: number): RateState {
  return { ...rate, arrivalMs: Math.max(rate.arrivalMs ?? nowMs, nowMs) + rate.perMs / rate.maximum };
}

/** Jobs that wait are called back one interval apart, or all would come back at the first chance. */
function nextInLine(rate: RateState, nowMs: number): number {
  const earliest = earliestStart(rate, nowMs);
  const { waitingUntilMs } = rate;
  return waitingUntilMs === null || waitingUntilMs < earliest
    ? earliest
    : waitingUntilMs + rate.perMs / rate.maximum;
}

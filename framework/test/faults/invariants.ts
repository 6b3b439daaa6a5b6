// What must hold whatever happened: pure functions over rows, each of which names all that it finds wrong.

/** A job of the schema `mill` that has ended. */
export interface EndedJob {
  readonly id: number;
  readonly state: "completed" | "cancelled" | "dead";
  readonly attempt: number;
  /** Of its last failure. */
  readonly code: string | null;
}

export interface Effect {
  readonly job: number;
  readonly attempt: number;
}

/** All that is known of the jobs after a fault. */
export interface Ledger {
  /** Of whose enqueuing somebody was told. */
  readonly enqueued: readonly number[];
  readonly unfinished: readonly number[];
  readonly ended: readonly EndedJob[];
  /** In the transaction of an attempt. */
  readonly effects: readonly Effect[];
}

/** No job is lost, none has ended twice, none is left. */
export function lostJobs({ enqueued, unfinished, ended }: Ledger): string[] {
  const faults = unfinished.map((id) => `job ${id} is not done`);
  const ends = countBy(ended, ({ id }) => id);
  const left = new Set(unfinished);
  for (const id of enqueued) if (!ends.has(id) && !left.has(id)) faults.push(`job ${id} is lost`);
  for (const [id, times] of ends) if (times > 1) faults.push(`job ${id} ended ${times} times`);
  for (const id of unfinished) if (ends.has(id)) faults.push(`job ${id} ended and is still there`);
  return faults;
}

/** Every job of `ids` completed, and has the effect of the attempt that completed it and no other. */
export function wrongEffects(ledger: Ledger, ids: Iterable<number>): string[] {
  const faults: string[] = [];
  const ends = new Map(ledger.ended.map((job) => [job.id, job]));
  const effects = Map.groupBy(ledger.effects, ({ job }) => job);
  for (const id of ids) {
    const end = ends.get(id);
    if (end === undefined) continue;
    const had = effects.get(id) ?? [];
    if (end.state !== "completed") faults.push(`job ${id} is ${end.state}`);
    if (had.length !== 1) faults.push(`job ${id} had ${had.length} effects`);
    for (const { attempt } of had) {
      if (attempt !== end.attempt)
        faults.push(`job ${id} ended with attempt ${end.attempt}, but ${attempt} had the effect`);
    }
  }
  return faults;
}

/** What is dead had no effect, and died of what it should have. */
export function wrongDeaths(ledger: Ledger, expected: ReadonlyMap<number, string>): string[] {
  const faults: string[] = [];
  const ends = new Map(ledger.ended.map((job) => [job.id, job]));
  const effects = countBy(ledger.effects, ({ job }) => job);
  for (const [id, code] of expected) {
    const end = ends.get(id);
    if (end?.state !== "dead") faults.push(`job ${id} should be dead, not ${end?.state ?? "unfinished"}`);
    else if (end.code !== code) faults.push(`job ${id} died of ${end.code}, not of ${code}`);
    if (effects.has(id)) faults.push(`job ${id} should never have had an effect`);
  }
  for (const { id, state } of ledger.ended) {
    if (state === "dead" && !expected.has(id)) faults.push(`job ${id} should not have died`);
  }
  return faults;
}

/** Nobody but the one that completed a job counted as an attempt at it. */
export function countedAttempts({ ended }: Ledger): string[] {
  return ended
    .filter(({ attempt }) => attempt !== 1)
    .map(({ id, attempt }) => `job ${id} took ${attempt} attempts`);
}

export interface Published {
  readonly id: number;
  readonly key: string;
  readonly number: number;
}

export interface Received {
  readonly subscriber: string;
  readonly event: number;
  readonly key: string;
  readonly number: number;
}

/** Each event reached each subscriber once. */
export function wrongDeliveries(
  published: readonly Published[],
  received: readonly Received[],
  subscribers: readonly string[],
): string[] {
  const faults: string[] = [];
  const counts = countBy(received, ({ subscriber, event }) => `${subscriber} ${event}`);
  for (const [id, times] of countBy(published, (event) => event.id)) {
    if (times > 1) faults.push(`event ${id} is there ${times} times`);
    for (const subscriber of subscribers) {
      const deliveries = counts.get(`${subscriber} ${id}`) ?? 0;
      if (deliveries === 0) faults.push(`event ${id} never reached ${subscriber}`);
      if (deliveries > 1) faults.push(`event ${id} was taken in ${deliveries} times by ${subscriber}`);
    }
  }
  const known = new Set(published.map(({ id }) => id));
  for (const { event, subscriber } of received) {
    if (!known.has(event)) faults.push(`${subscriber} took in event ${event}, which nobody published`);
  }
  return faults;
}

/** The events of a key are numbered from 1 without a gap, and `list` has them in that order. */
export function wrongOrder(list: readonly { readonly key: string; readonly number: number }[]): string[] {
  const faults: string[] = [];
  const last = new Map<string, number>();
  for (const { key, number } of list) {
    const before = last.get(key) ?? 0;
    if (number !== before + 1) faults.push(`of ${key}, ${number} follows ${before}`);
    last.set(key, number);
  }
  return faults;
}

/** The same fold as the subscriber's, over the events one by one in order. */
export function foldOf(published: readonly Published[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { key, number } of published.toSorted((a, b) => a.id - b.id)) {
    const total = totals.get(key);
    totals.set(key, total === undefined ? number : (total * 31 + number) % 1_000_000_007);
  }
  return totals;
}

export function wrongTotals(published: readonly Published[], totals: ReadonlyMap<string, number>): string[] {
  const faults: string[] = [];
  for (const [key, expected] of foldOf(published)) {
    if (totals.get(key) !== expected) faults.push(`${key} comes to ${totals.get(key)}, not ${expected}`);
  }
  return faults;
}

export interface Tick {
  readonly schedule: string;
  /** Milliseconds of the epoch. */
  readonly at: number;
}

/** Each of so many schedules came round once in every interval, from its first time until `until`. */
export function wrongTicks(
  ticks: readonly Tick[],
  expected: { readonly schedules: readonly string[]; readonly everyMs: number; readonly until: number },
): string[] {
  const faults: string[] = [];
  const bySchedule = Map.groupBy(ticks, ({ schedule }) => schedule);
  for (const schedule of expected.schedules) {
    const times = (bySchedule.get(schedule) ?? []).map(({ at }) => at).sort((a, b) => a - b);
    if (times.length === 0) faults.push(`${schedule} never came round`);
    for (const [index, at] of times.entries()) {
      const step = index === 0 ? expected.everyMs : at - times[index - 1]!;
      if (step === 0) faults.push(`${schedule} came round twice at ${at}`);
      else if (step !== expected.everyMs)
        faults.push(`${schedule} came round ${step} ms after its last time, at ${at}`);
    }
    const last = times.at(-1) ?? Number.POSITIVE_INFINITY;
    if (last + expected.everyMs <= expected.until) faults.push(`${schedule} stopped at ${last}`);
  }
  return faults;
}

export interface Timed {
  readonly what: string;
  /** Both by the database's clock, in milliseconds of the epoch. */
  readonly dueAt: number;
  readonly ranAt: number;
}

/** Nothing ran before it was due, and nothing as late as a wrong clock would make it. */
export function wrongTimes(timed: readonly Timed[], mostLateMs: number): string[] {
  const faults: string[] = [];
  for (const { what, dueAt, ranAt } of timed) {
    if (ranAt < dueAt) faults.push(`${what} ran ${dueAt - ranAt} ms early`);
    if (ranAt > dueAt + mostLateMs) faults.push(`${what} ran ${ranAt - dueAt} ms late`);
  }
  return faults;
}

function countBy<T, Key>(list: readonly T[], keyOf: (each: T) => Key): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const each of list) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
  return counts;
}

import { type Statement, statement } from "ashlar/postgres";
import type { Ground } from "../ground.ts";
import type { WholeMinutes } from "./period.ts";

export interface ReadingParts extends WholeMinutes {
  readonly module: string;
  /** Modules that may call it. */
  readonly callers: readonly string[];
  readonly stepMs: number;
  readonly timedEvery: number;
}

/** What was counted under one key. Durations are of all of it or, over long ranges, of some. */
export interface Counted {
  readonly count: number;
  readonly failed: number;
  /** How many were how long, by the buckets of DurationHistogram. */
  readonly durations: readonly (readonly [bucket: number, count: number])[];
}

/** By kind and name, and by kind and step; see `nameKey` and `stepKey`. */
export type ActivityReading = ReadonlyMap<string, Counted>;

export function nameKey(kind: string, name: string): string {
  return `${kind} name ${name}`;
}

/** Of an edge: `edgeName("ordering", "billing")`. */
export function edgeName(from: string, to: string): string {
  return `${from} ${to}`;
}

/** `at` is when the step begins. */
export function stepKey(kind: string, at: number): string {
  return `${kind} step ${at}`;
}

const MINUTE_MS = 60_000;

/** Reads each row of `ashlar.activity` once, for the totals and for the chart together. */
export async function readActivity(
  ground: Ground,
  parts: ReadingParts,
  deadline: number,
): Promise<ActivityReading> {
  const step = statement`date_bin(make_interval(secs => ${parts.stepMs / 1000}::float8), minute, to_timestamp(0))`;
  const keys = statement`kind, case when grouping(key) = 0 then key end as name,
    case when grouping(step) = 0 then round(extract(epoch from step) * 1000)::float8 end as at`;
  const counts = await ground.execute<KeyRow & { count: number; failed: number }>(
    statement`
      select ${keys}, sum(count)::float8 as count, sum(failed)::float8 as failed
      from (select kind, key, ${step} as step, count, failed from (${rowsOf(parts)}) r) s
      group by grouping sets ((kind, key), (kind, step))`,
    deadline,
  );
  const timed = await ground.execute<KeyRow & { bucket: number; count: number }>(
    statement`
      select ${keys}, bucket, sum(here)::float8 as count
      from (select kind, key, ${step} as step, (first_bucket + place - 1)::integer as bucket, here
        from (${rowsOf(parts, minutesToTime(parts))}) r, unnest(buckets) with ordinality as b (here, place)
        where here > 0) s
      group by grouping sets ((kind, key, bucket), (kind, step, bucket))`,
    deadline,
  );
  const buckets = Map.groupBy(timed.rows, keyOf);
  return new Map(
    counts.rows.map((row) => {
      const found = buckets.get(keyOf(row)) ?? [];
      const durations = found.map(({ bucket, count }) => [bucket, count] as const);
      return [keyOf(row), { count: row.count, failed: row.failed, durations }];
    }),
  );
}

interface KeyRow {
  readonly kind: string;
  readonly name: string | null;
  readonly at: number | null;
}

function keyOf({ kind, name, at }: KeyRow): string {
  return name === null ? stepKey(kind, at ?? 0) : nameKey(kind, name);
}

function rowsOf({ module, callers, from, until }: ReadingParts, minutes?: readonly Date[]): Statement {
  const when =
    minutes === undefined
      ? statement`minute >= ${new Date(from)}::timestamptz and minute < ${new Date(until)}::timestamptz`
      : statement`minute = any (${minutes}::timestamptz[])`;
  return statement`
    select kind, name as key, minute, count, failed, first_bucket, buckets from ashlar.activity
    where kind = any ('{request,call,job,delivery}'::text[]) and module = ${module} and ${when}
    union all
    select kind, module || ' ' || name, minute, count, failed, first_bucket, buckets from ashlar.activity
    where kind = 'edge' and module = any (${[module, ...callers]}::text[]) and (module = ${module} or name = ${module})
      and ${when}`;
}

/** The last minute is always among them. */
function minutesToTime({ from, until, timedEvery }: ReadingParts): Date[] | undefined {
  if (timedEvery === 1) return undefined;
  const minutes: Date[] = [];
  for (let at = until - MINUTE_MS; at >= from; at -= timedEvery * MINUTE_MS) minutes.push(new Date(at));
  return minutes;
}

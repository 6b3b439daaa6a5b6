import { type Result, type Statement, statement } from "../postgres/index.ts";
import { HistogramSnapshot } from "../telemetry/index.ts";
import { type ActivityKind, OTHER_NAMES } from "./activity-counter.ts";
import { MINUTES_KEPT_MS } from "./activity-table.ts";

/** Whatever runs one statement under a role that may read the framework's tables. */
export interface Reads {
  execute<Row>(statement: Statement): Promise<Result<Row>>;
}

export interface ActivityPeriod {
  /** Of an edge: who calls. Everything of the kind unless given. */
  readonly module?: string | undefined;
  /** Milliseconds of the epoch. The minute that it lies in counts as a whole. */
  readonly from: number;
  /** The first moment that is no longer in it. */
  readonly until: number;
}

export interface ActivitySum {
  readonly count: number;
  readonly failed: number;
  /** Of all together. */
  readonly totalMs: number;
  /** Estimated as by DurationHistogram; null when there was nothing. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface ActivityStep extends ActivitySum {
  /** When it begins, in milliseconds of the epoch. */
  readonly at: number;
}

export interface ActivityTotal extends ActivitySum {
  readonly kind: ActivityKind;
  readonly module: string;
  /** `GET /v1/orders/{id}`, `ordering.placeOrder`, of an edge the module that is called. "" when it is per module. */
  readonly name: string;
}

interface SumRow {
  readonly key: string[];
  readonly count: number;
  readonly failed: number;
  readonly totalMs: number;
  readonly buckets: number[];
  readonly counts: number[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What is longer is read by the hour. */
const LONG_MS = 3 * HOUR_MS;

/**
 * Reads what all instances did. It is there a minute later, minute by minute for a week and hour by hour for 30 days.
 */
export class Activity {
  readonly #reads: Reads;

  constructor(reads: Reads) {
    this.#reads = reads;
  }

  /**
   * Step by step, those without anything included: of one name, of a module, or of all. The first begins at a moment
   * that divides by `stepMs`. Steps are made of whole minutes; steps of whole hours are read by the hour, the last of
   * them as a whole even where `until` lies in it.
   */
  async series(
    period: ActivityPeriod & {
      readonly kind: ActivityKind;
      readonly name?: string;
      readonly stepMs: number;
    },
  ): Promise<ActivityStep[]> {
    const { kind, module, name, until } = period;
    const stepMs = Math.max(1, Math.ceil(period.stepMs / MINUTE_MS)) * MINUTE_MS;
    const from = floor(period.from, stepMs);
    // What is of a module, and what is of all, has rows of its own.
    const ofModule =
      module === undefined && name !== undefined ? statement`` : statement`and module = ${module ?? ""}`;
    const which = statement`kind = ${kind} ${ofModule} and name = ${name ?? ""}`;
    const rows = await this.#sums(
      statement`array[floor((extract(epoch from at) * 1000 - ${from}::float8) / ${stepMs}::float8)::integer::text]`,
      stepMs % HOUR_MS === 0 ? hours(which, from, until) : minutes(which, from, until),
    );
    const steps = new Map(rows.map((row) => [Number(row.key[0]), row]));
    return Array.from({ length: Math.max(0, Math.ceil((until - from) / stepMs)) }, (_, step) => ({
      at: from + step * stepMs,
      ...sumOf(steps.get(step)),
    }));
  }

  /**
   * Of each name, or of each module; the most frequent first. To the minute however long the period is: of a long one
   * the hours that lie in it as a whole are read by the hour. One that begins more than a week ago begins with a whole
   * hour.
   */
  async totals(
    period: ActivityPeriod & {
      readonly kind: ActivityKind | readonly ActivityKind[];
      /** Only what has this name: of edges, the calls to one module. */
      readonly name?: string;
      readonly per?: "name" | "module";
    },
  ): Promise<ActivityTotal[]> {
    const { kind, module, name, per = "name" } = period;
    const ofModule = module === undefined ? statement`` : statement`and module = ${module}`;
    // What was too many names belongs to no module.
    const which =
      per === "module"
        ? statement`(name = '' and module <> '' or name = ${OTHER_NAMES} and module = '')`
        : name === undefined
          ? statement`name <> ''`
          : statement`name = ${name}`;
    const rows = await this.#sums(
      per === "module" ? statement`array[kind, module, '']` : statement`array[kind, module, name]`,
      longest(statement`kind = any (${[kind].flat()}::text[]) ${ofModule} and ${which}`, period),
    );
    return rows
      .map((row) => ({
        kind: row.key[0] as ActivityKind,
        module: row.key[1]!,
        name: row.key[2]!,
        ...sumOf(row),
      }))
      .sort((a, b) => b.count - a.count || (a.module + a.name < b.module + b.name ? -1 : 1));
  }

  async #sums(key: Statement, rowsFound: Statement): Promise<SumRow[]> {
    const { rows } = await this.#reads.execute<SumRow>(statement`
      with found as materialized (
        select ${key} as key, count, failed, total_ms, first_bucket, buckets from (${rowsFound}) r
      ), sums as (
        select key, sum(count)::float8 as count, sum(failed)::float8 as failed, sum(total_ms) as total_ms
        from found group by key
      ), histograms as (
        select key, array_agg(bucket) as buckets, array_agg(count) as counts from (
          select key, (first_bucket + place - 1)::integer as bucket, sum(here)::float8 as count
          from found, unnest(buckets) with ordinality as b (here, place) where here > 0 group by 1, 2
        ) as b group by key
      )
      select key, count, failed, total_ms as "totalMs", buckets, counts from sums join histograms using (key)`);
    return rows;
  }
}

/** Whole hours from where they are known as such, and minutes for what is left at both ends. */
function longest(which: Statement, { from, until }: ActivityPeriod): Statement {
  if (until - from <= LONG_MS) return minutes(which, from, until);
  const isKept = from >= Date.now() - MINUTES_KEPT_MS;
  const first = floor(isKept ? floor(from, MINUTE_MS) + HOUR_MS - 1 : from, HOUR_MS);
  const last = floor(until, HOUR_MS);
  return statement`${minutes(which, from, first)} union all ${hours(which, first, last)}
    union all ${minutes(which, last, until)}`;
}

function minutes(which: Statement, from: number, until: number): Statement {
  return statement`
    select kind, module, minute as at, name, count, failed, total_ms, first_bucket, buckets from ashlar.activity
    where ${which} and minute >= to_timestamp(${floor(from, MINUTE_MS) / 1000}::float8)
      and minute < to_timestamp(${until / 1000}::float8)`;
}

function hours(which: Statement, from: number, until: number): Statement {
  return statement`
    select kind, module, hour as at, name, count, failed, total_ms, first_bucket, buckets from ashlar.activity_hours
    where ${which} and hour >= to_timestamp(${from / 1000}::float8) and hour < to_timestamp(${until / 1000}::float8)`;
}

function floor(moment: number, toMs: number): number {
  return Math.floor(moment / toMs) * toMs;
}

function sumOf(row: SumRow | undefined): ActivitySum {
  if (row === undefined) return { count: 0, failed: 0, totalMs: 0, p50Ms: null, p99Ms: null };
  const { count, failed, totalMs, buckets, counts } = row;
  const durations = HistogramSnapshot.of(
    buckets.map((bucket, place) => [bucket, counts[place]!]),
    totalMs,
  );
  return { count, failed, totalMs, p50Ms: durations.quantile(0.5), p99Ms: durations.quantile(0.99) };
}

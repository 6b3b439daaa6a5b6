import { type Result, type Statement, statement } from "../postgres/index.ts";
import { HistogramSnapshot } from "../telemetry/index.ts";
import type { ActivityKind } from "./activity-counter.ts";

/** Whatever runs one statement under a role that may read the framework's tables. */
export interface Reads {
  execute<Row>(statement: Statement): Promise<Result<Row>>;
}

export interface ActivityPeriod {
  readonly kind: ActivityKind;
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

/** Reads what all instances did, minute by minute. It is there a minute later, and for 7 days. */
export class Activity {
  readonly #reads: Reads;

  constructor(reads: Reads) {
    this.#reads = reads;
  }

  /**
   * Step by step, those without anything included: of one name, of a module, or of all. A step is made of whole minutes,
   * and the first begins at one that divides by it.
   */
  async series(
    period: ActivityPeriod & { readonly name?: string; readonly stepMs: number },
  ): Promise<ActivityStep[]> {
    const { kind, module, name, until } = period;
    const stepMs = Math.max(1, Math.ceil(period.stepMs / MINUTE_MS)) * MINUTE_MS;
    const from = Math.floor(period.from / stepMs) * stepMs;
    const ofModule = module === undefined ? statement`` : statement`and module = ${module}`;
    const ofName =
      name === undefined ? statement`and (module, name) <> ('', '')` : statement`and name = ${name}`;
    const which =
      module === undefined && name === undefined
        ? statement`and module = '' and name = ''`
        : statement`${ofModule} ${ofName}`;
    const rows = await this.#sums(
      statement`array[floor((extract(epoch from minute) * 1000 - ${from}::float8) / ${stepMs}::float8)::integer::text]`,
      statement`kind = ${kind} ${which} and ${within(from, until)}`,
    );
    const steps = new Map(rows.map((row) => [Number(row.key[0]), row]));
    return Array.from({ length: Math.max(0, Math.ceil((until - from) / stepMs)) }, (_, step) => ({
      at: from + step * stepMs,
      ...sumOf(steps.get(step)),
    }));
  }

  /** Of each name, or of each module; the most frequent first. */
  async totals(period: ActivityPeriod & { readonly per?: "name" | "module" }): Promise<ActivityTotal[]> {
    const { kind, module, from, until, per = "name" } = period;
    const rows = await this.#sums(
      per === "name" ? statement`array[module, name]` : statement`array[module, '']`,
      statement`kind = ${kind} and (module, name) <> ('', '') and ${within(from, until)}
        ${module === undefined ? statement`` : statement`and module = ${module}`}`,
    );
    return rows
      .map((row) => ({ module: row.key[0]!, name: row.key[1]!, ...sumOf(row) }))
      .sort((a, b) => b.count - a.count || (a.module + a.name < b.module + b.name ? -1 : 1));
  }

  async #sums(key: Statement, where: Statement): Promise<SumRow[]> {
    const { rows } = await this.#reads.execute<SumRow>(statement`
      with found as materialized (
        select ${key} as key, count, failed, total_ms, first_bucket, buckets from ashlar.activity where ${where}
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

function within(from: number, until: number): Statement {
  return statement`minute >= to_timestamp(${Math.floor(from / MINUTE_MS) * 60}::float8)
    and minute < to_timestamp(${until / 1000}::float8)`;
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

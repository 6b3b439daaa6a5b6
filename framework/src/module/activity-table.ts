import type { Logger } from "pino";
import { type Pool, type Statement, workerRole } from "../postgres/index.ts";
import type { ActivityCount, ActivityCounter } from "./activity-counter.ts";
import { isNotToRepeat, PeriodicWrite, WRITE_LIMIT_MS } from "./periodic-write.ts";

export interface ActivityTableParts {
  readonly app: string;
  readonly counter: ActivityCounter;
  readonly pool: () => Pick<Pool, "execute">;
  readonly log: Logger;
  /** Milliseconds of the epoch. */
  readonly now?: () => number;
}

interface CountedMinute {
  /** Milliseconds of the epoch. */
  readonly minute: number;
  readonly counts: readonly ActivityCount[];
}

const MINUTE_MS = 60_000;
/** A week that has ended within the hour is whole. */
export const MINUTES_KEPT_MS = 169 * 60 * MINUTE_MS;
const HOURS_KEPT_MS = 30 * 24 * 60 * MINUTE_MS;
/** Timers may come a little early. */
const EARLY_MS = 1_000;
/** While the database is away, what was counted waits: the last hour of it. */
const MOST_WAITING = 60;

/**
 * Adds what an instance has counted to `ashlar.activity` and `ashlar.activity_hours`, as each minute ends and when it
 * stops, in one statement. Never fails the app: what cannot be written waits, an hour of it at most.
 */
export class ActivityTable {
  readonly #parts: ActivityTableParts;
  readonly #periodic = new PeriodicWrite(MINUTE_MS, () => this.#write(), { onTheFull: true });
  #waiting: CountedMinute[] = [];
  /** The minute that is being counted. */
  #minute: number;
  #hasWarned = false;

  constructor(parts: ActivityTableParts) {
    this.#parts = parts;
    this.#minute = minuteAt(this.#now());
  }

  start(): void {
    this.#minute = minuteAt(this.#now());
    this.#periodic.start();
  }

  /** Never rejects. One after the other. */
  write(): Promise<void> {
    return this.#periodic.write();
  }

  /** Writes what is left, if the database takes it at once. Without a `start` there is nothing to do. */
  stop(): Promise<void> {
    return this.#periodic.stop();
  }

  async #write(): Promise<void> {
    this.#endMinute();
    const { app, pool } = this.#parts;
    while (this.#waiting.length > 0) {
      const [first] = this.#waiting as [CountedMinute];
      try {
        await pool().execute(workerRole(app), additionOf(first), Date.now() + WRITE_LIMIT_MS);
        this.#hasWarned = false;
      } catch (error) {
        this.#failed(error);
        if (!isNotToRepeat(error)) return;
      }
      this.#waiting.shift();
    }
  }

  #endMinute(): void {
    const counts = this.#parts.counter.take();
    if (counts.length > 0) this.#waiting.push({ minute: this.#minute, counts });
    this.#minute = minuteAt(this.#now() + EARLY_MS);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
  }

  #now(): number {
    return this.#parts.now?.() ?? Date.now();
  }

  #failed(error: unknown): void {
    if (!this.#hasWarned) {
      this.#parts.log.warn(
        { err: error },
        "What was done in each minute cannot be noted; it is kept for an hour and tried again",
      );
    }
    this.#hasWarned = true;
  }
}

function minuteAt(moment: number): number {
  return Math.floor(moment / MINUTE_MS) * MINUTE_MS;
}

/**
 * Both tables in one statement, so that neither is ever behind the other. In the order of the key: two instances that
 * add to the same rows would otherwise wait for each other. Deletes with what it adds, up to twice as much as comes, so
 * that it catches up.
 */
function additionOf({ minute, counts }: CountedMinute): Statement {
  return {
    text: `with counted as materialized (
        select * from jsonb_to_recordset($1::jsonb) as c (kind text collate "C", module text collate "C", name text collate "C",
          count integer, failed integer, total_ms float8, first_bucket smallint, buckets integer[])
        order by kind, module, name
      ), ${forgetting("activity", "minute", MINUTES_KEPT_MS)}, ${forgetting("activity_hours", "hour", HOURS_KEPT_MS)}, hour as (
        ${adding("activity_hours", "hour", "date_trunc('hour', to_timestamp($2::float8 / 1000), 'UTC')")}
      )
      ${adding("activity", "minute", "to_timestamp($2::float8 / 1000)")}`,
    values: [
      JSON.stringify(
        counts.map(({ totalMs, firstBucket, ...rest }) => ({
          ...rest,
          total_ms: totalMs,
          first_bucket: firstBucket,
        })),
      ),
      minute,
      2 * counts.length + 100,
    ],
  };
}

type PeriodColumn = "minute" | "hour";

function forgetting(table: string, period: PeriodColumn, keptMs: number): string {
  return `aged_${table} as (
        select kind, module, ${period}, name from ashlar.${table} where ${period} < now() - interval '${keptMs} milliseconds'
        order by ${period} limit $3::integer for update skip locked
      ), forgotten_${table} as (
        delete from ashlar.${table} a using aged_${table} g
        where (a.kind, a.module, a.${period}, a.name) = (g.kind, g.module, g.${period}, g.name)
      )`;
}

function adding(table: string, period: PeriodColumn, at: string): string {
  return `insert into ashlar.${table} as a (kind, module, ${period}, name, count, failed, total_ms, first_bucket, buckets)
      select kind, module, ${at}, name, count, failed, total_ms, first_bucket, buckets from counted
      on conflict (kind, module, ${period}, name) do update set count = a.count + excluded.count,
        failed = a.failed + excluded.failed, total_ms = a.total_ms + excluded.total_ms,
        first_bucket = least(a.first_bucket, excluded.first_bucket),
        buckets = (
          select array_agg(coalesce(a.buckets[b - a.first_bucket + 1], 0)
            + coalesce(excluded.buckets[b - excluded.first_bucket + 1], 0) order by b)
          from generate_series(least(a.first_bucket, excluded.first_bucket),
            greatest(a.first_bucket + cardinality(a.buckets), excluded.first_bucket + cardinality(excluded.buckets)) - 1) b
        )`;
}

import type { Logger } from "pino";
import { type Pool, type Statement, workerRole } from "../postgres/index.ts";
import type { KeptTrace, TraceKeeper, TraceRules } from "../telemetry/index.ts";
import { isNotToRepeat, PeriodicWrite, WRITE_LIMIT_MS } from "./periodic-write.ts";
import { traceRow } from "./trace-row.ts";

/** Which traces are kept and how long. */
export interface TraceOptions extends TraceRules {
  /** Days that a kept trace can be looked at. Default 7. */
  readonly days?: number;
  /** How many are held at most; the oldest go. Default 200,000. */
  readonly maximum?: number;
}

export interface TraceTableParts {
  readonly app: string;
  readonly keeper: TraceKeeper;
  readonly pool: () => Pool;
  readonly log: Logger;
  readonly options?: Pick<TraceOptions, "days" | "maximum"> | undefined;
}

const EVERY_MS = 5_000;
const BATCH = 100;

/**
 * Puts the traces that an instance has kept into `ashlar.traces`, every few seconds and when it stops, and only if
 * there are any. Never fails the app: while the database is away they wait in the keeper, which has bounds.
 */
export class TraceTable {
  readonly #parts: TraceTableParts;
  readonly #days: number;
  readonly #maximum: number;
  readonly #periodic = new PeriodicWrite(EVERY_MS, (isLast) => this.#write(isLast));
  #hasWarned = false;

  constructor(parts: TraceTableParts) {
    this.#parts = parts;
    this.#days = positive("days", parts.options?.days ?? 7);
    this.#maximum = positive("maximum", parts.options?.maximum ?? 200_000);
  }

  start(): void {
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

  async #write(isLast: boolean): Promise<void> {
    const { app, keeper, pool } = this.#parts;
    const traces = keeper.take(isLast);
    for (let from = 0; from < traces.length; from += BATCH) {
      const batch = traces.slice(from, from + BATCH);
      try {
        await pool().execute(workerRole(app), this.#additionOf(batch), Date.now() + WRITE_LIMIT_MS);
        this.#hasWarned = false;
      } catch (error) {
        this.#failed(error);
        keeper.putBack(traces.slice(isNotToRepeat(error) ? from + BATCH : from));
        return;
      }
    }
  }

  #failed(error: unknown): void {
    if (!this.#hasWarned) {
      this.#parts.log.warn({ err: error }, "Traces cannot be stored; they wait as far as there is room");
    }
    this.#hasWarned = true;
  }

  /**
   * Deletes with what it adds, rather than dropping partitions: what the keeper lets through is little, both limits
   * are met in one statement that finds its rows by two indexes and counts none, and no lock is taken that a reader
   * would wait for. Twice as many may go as come, so that it catches up. Rows that another instance deletes are left
   * to it.
   */
  #additionOf(traces: readonly KeptTrace[]): Statement {
    return {
      text: `with aged as (
          select id from ashlar.traces where started_at < now() - make_interval(days => $2::int)
          order by started_at limit $4 for update skip locked
        ), surplus as (
          select id from ashlar.traces where id <= (select max(id) from ashlar.traces) - $3::bigint + $5::bigint
          order by id limit $4 for update skip locked
        ), forgotten as (
          delete from ashlar.traces where id in (select id from aged union select id from surplus)
        )
        insert into ashlar.traces (trace_id, span_id, remote_parent, kind, module, name, reason, started_at,
          duration_ms, failed, error, job, span_count, statement_count, is_partial, spans)
        select trace_id, span_id, remote_parent, kind, module, name, reason, started_at,
          duration_ms, failed, error, job, span_count, statement_count, is_partial, spans
        from jsonb_to_recordset($1::jsonb) as t (trace_id text, span_id text, remote_parent text, kind text,
          module text, name text, reason text, started_at timestamptz, duration_ms real, failed boolean, error text,
          job text, span_count integer, statement_count integer, is_partial boolean, spans jsonb)`,
      values: [
        JSON.stringify(traces.map(traceRow)),
        this.#days,
        this.#maximum,
        2 * traces.length + 100,
        traces.length,
      ],
    };
  }
}

function positive(option: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`${option} of the traces must be a whole number above 0, not ${value}.`);
  }
  return value;
}

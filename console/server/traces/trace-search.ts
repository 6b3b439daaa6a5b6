import type { Statement } from "ashlar/postgres";
import type { TraceKind, TraceName, TraceNames, TracePage, TraceRow } from "../../api/traces.ts";
import type { Ground } from "../ground.ts";
import { repeatsSql } from "./repeated-statements.ts";
import { cursorOf, type TraceFilter } from "./trace-filter.ts";

const PAGE = 50;
/** The names are gathered from so many of the newest. */
const MOST_READ = 20_000;
const MOST_NAMES = 200;

interface FoundRow {
  readonly id: string;
  readonly traceId: string;
  readonly kind: TraceKind;
  readonly module: string;
  readonly name: string;
  readonly reason: TraceRow["reason"];
  readonly micros: string;
  readonly duration: string;
  readonly failed: boolean;
  readonly error: string | null;
  readonly spanCount: number;
  readonly statementCount: number;
  readonly repeats: number;
}

/** A page of kept traces, the newest or the slowest first. */
export async function searchTraces(execute: Ground["execute"], filter: TraceFilter): Promise<TracePage> {
  // One more than shown tells whether there is a next page.
  const { rows } = await execute<FoundRow>(searchStatement(filter, PAGE + 1));
  const shown = rows.slice(0, PAGE);
  const last = shown.at(-1);
  return {
    traces: shown.map(traceRow),
    next:
      last === undefined || rows.length <= PAGE
        ? null
        : cursorOf({ value: filter.isSlowest ? last.duration : last.micros, id: last.id }),
  };
}

/**
 * The places are found in one of two indexes that hold everything that is asked about; only what is shown is read
 * from the table. See the migration `traces_search`.
 */
export function searchStatement(filter: TraceFilter, limit: number): Statement {
  const values: unknown[] = [];
  const given = (value: unknown) => `$${values.push(value)}`;
  const wanted = [
    filter.module !== null && `module = ${given(filter.module)}`,
    filter.name !== null && `name = ${given(filter.name)}`,
    filter.kind !== null && `kind = ${given(filter.kind)}`,
    filter.failed && "failed",
    filter.error !== null && `error = ${given(filter.error)}`,
    filter.minMs !== null && `duration_ms >= ${given(filter.minMs)}::real`,
    filter.from !== null && `started_at >= ${momentSql(given(filter.from * 1_000))}`,
    filter.until !== null && `started_at < ${momentSql(given(filter.until * 1_000))}`,
    filter.traceId !== null && `trace_id = ${given(filter.traceId)}`,
  ].filter((condition) => condition !== false);
  if (filter.after !== null) {
    const { value, id } = filter.after;
    wanted.push(
      filter.isSlowest
        ? `(duration_ms, id) < (${given(value)}::real, ${given(id)}::bigint)`
        : `(started_at, id) < (${momentSql(given(value))}, ${given(id)}::bigint)`,
    );
  }
  const order = filter.isSlowest ? "duration_ms" : "started_at";
  return {
    text: `select t.id::text, trace_id as "traceId", kind, module, name, reason,
        (extract(epoch from t.started_at) * 1000000)::bigint::text as micros, t.duration_ms::text as duration, failed,
        error, span_count as "spanCount", statement_count as "statementCount", ${repeatsSql("t")} as repeats
      from (
        select id from ashlar.traces ${wanted.length === 0 ? "" : `where ${wanted.join(" and ")}`}
        order by ${order} desc, id desc limit ${limit}
      ) as found join ashlar.traces t using (id)
      order by t.${order} desc, t.id desc`,
    values,
  };
}

/** What the newest traces are of, the most frequent first. */
export async function traceNames(
  execute: Ground["execute"],
  { module, from, until }: Pick<TraceFilter, "module" | "from" | "until">,
): Promise<TraceNames> {
  const { rows } = await execute<TraceName & { module: string; read: number }>(
    namesStatement({ module, from, until }, MOST_READ),
  );
  return {
    names: rows.map(({ read: _, ...row }) => ({ ...row, module: row.module === "" ? null : row.module })),
    ofNewest: rows[0] !== undefined && rows[0].read >= MOST_READ ? MOST_READ : null,
  };
}

export function namesStatement(
  { module, from, until }: Pick<TraceFilter, "module" | "from" | "until">,
  mostRead: number,
): Statement {
  const values: unknown[] = [mostRead];
  const given = (value: unknown) => `$${values.push(value)}`;
  const wanted = [
    module !== null && `module = ${given(module)}`,
    from !== null && `started_at >= ${momentSql(given(from * 1_000))}`,
    until !== null && `started_at < ${momentSql(given(until * 1_000))}`,
  ].filter((condition) => condition !== false);
  return {
    text: `with newest as (
        select kind, module, name, failed, duration_ms from ashlar.traces
        ${wanted.length === 0 ? "" : `where ${wanted.join(" and ")}`}
        order by started_at desc, id desc limit $1::integer
      )
      select kind, module, name, count(*)::integer as kept, count(*) filter (where failed)::integer as failed,
        max(duration_ms)::float8 as "slowestMs", (sum(count(*)) over ())::integer as read
      from newest group by kind, module, name order by kept desc, module, name limit ${MOST_NAMES}`,
    values,
  };
}

/** From microseconds of the epoch, without the rounding of `to_timestamp`. */
function momentSql(micros: string): string {
  return `('epoch'::timestamptz + ${micros}::bigint * interval '1 microsecond')`;
}

function traceRow({ id, module, micros, duration, ...row }: FoundRow): TraceRow {
  return {
    ...row,
    id: Number(id),
    module: module === "" ? null : module,
    startedAt: Number(micros) / 1_000,
    durationMs: Number(duration),
  };
}

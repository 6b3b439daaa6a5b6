import pg from "pg";
import { Conditions, type JobFilter, type JobState, type JobTable, numbersOf } from "./job-filter.ts";

/** Which way through the ids: newest first, unless the filter is for what is old. */
export type Direction = "newest" | "oldest";

export function directionOf({ olderThanMs, youngerThanMs }: JobFilter): Direction {
  return olderThanMs !== undefined && youngerThanMs === undefined ? "oldest" : "newest";
}

/** Rows of one table that may satisfy a filter, as an index yields them. */
export interface Window {
  /** `from … where …`, of rows aliased `j`. */
  readonly from: string;
  readonly conditions: Conditions;
  readonly order: string;
}

/**
 * Where to look for jobs of a filter: of what it asks, only what an index or the days' partitions can answer, so that
 * so many rows of it cost the same whatever the rest of the filter is. `from` is the id that was looked at last.
 */
export function windowOf(
  filter: JobFilter,
  module: string,
  table: JobTable,
  place: {
    readonly direction: Direction;
    readonly from: number | null;
    /** How many rows of it will be looked at. */
    readonly share: number;
    readonly states: readonly JobState[];
  },
): Window {
  const { direction, from, share, states } = place;
  const schema = pg.escapeIdentifier(module);
  const conditions = new Conditions();
  if (from !== null) conditions.add(from, (id) => `j.id ${direction === "newest" ? "<" : ">"} ${id}::bigint`);
  const order = `j.id ${direction === "newest" ? "desc" : "asc"}`;
  if (filter.ids !== undefined) {
    conditions.add(numbersOf(filter.ids, module), (given) => `j.id = any (${given}::bigint[])`);
  }
  if (table === "_finished_jobs") narrowToDays(conditions, filter);
  const among = (rows: string) => ({ from: `from (${rows}) j where ${conditions.text}`, conditions, order });
  const delivery = table === "_finished_jobs" ? null : deliveryKind(filter);
  // One index answers: what else is asked would be a search through its rows.
  if (filter.ids === undefined && delivery !== null) {
    return among(deliveries(`${schema}.${table}`, delivery, conditions, place));
  }
  if (filter.ids === undefined && table === "_jobs") {
    const only = (...wanted: JobState[]) => states.every((state) => wanted.includes(state));
    const near = { conditions: conditions.text, order, limit: share };
    if (only("running")) return among(claimed(schema));
    if (only("scheduled", "retryable")) return among(few(schema, DUE, conditions, near));
    if (only("waiting")) return among(few(schema, WAITING, conditions, near));
  }
  return { from: `from ${schema}.${table} j where ${conditions.text}`, conditions, order };
}

/** The one kind of a filter, if that is of deliveries. */
function deliveryKind({ kinds }: JobFilter): string | null {
  const [kind, ...others] = kinds ?? [];
  return kind?.startsWith("on.") && !kind.includes("*") && others.length === 0 ? kind : null;
}

/**
 * By `_jobs_deliveries` and `_dead_jobs_deliveries`, whose predicate has to be repeated to be recognised. The rows are
 * compared by kind and id, though they may run on into the next kind: in the order of the id alone the planner would
 * take the primary key, and read through the jobs of all kinds in search of a few.
 */
function deliveries(
  table: string,
  kind: string,
  window: Conditions,
  { direction, from, share }: { direction: Direction; from: number | null; share: number },
): string {
  const [given, behind] = [
    window.place(kind),
    window.place(from ?? (direction === "newest" ? Number.MAX_SAFE_INTEGER : 0)),
  ];
  const [sign, way] = direction === "newest" ? ["<", "desc"] : [">", "asc"];
  return `select * from (
      select * from ${table}
      where (kind, id) ${sign} (${given}::text, ${behind}::bigint) and kind like 'on.%'
      order by kind ${way}, id ${way} limit ${window.place(share)}
    ) own where own.kind = ${given}`;
}

/** By `_jobs_due` and by `_jobs_waiting`, in the order of each. */
const DUE = "run_at is not null and run_at < 'infinity' order by run_at";
const WAITING = "run_at = 'infinity' order by queue, id";

const MANY = 1_000;

/**
 * All rows of a state if they are few, however far apart they stand. Where they are many, any rows in the order of
 * the id: among those there are enough of them, and to sort them all by their id would take its time.
 */
function few(
  schema: string,
  indexed: string,
  window: Conditions,
  near: { readonly conditions: string; readonly order: string; readonly limit: number },
): string {
  return `with few as materialized (select * from ${schema}._jobs where ${indexed} limit ${MANY})
    select * from few where (select count(*) from few) < ${MANY}
    union all
    select * from (
      select j.* from ${schema}._jobs j where ${near.conditions}
      order by ${near.order} limit ${window.place(near.limit)}
    ) near where (select count(*) from few) = ${MANY}`;
}

/** Whole days only: a narrower bound would read through a day's partition in search of its first row. */
function narrowToDays(conditions: Conditions, { olderThanMs, youngerThanMs }: JobFilter): void {
  // In a select of its own it is computed once and not for every row.
  const dayOf = (ms: string) =>
    `(select date_trunc('day', now() - ${ms}::float8 * interval '1 millisecond', 'UTC'))`;
  if (olderThanMs !== undefined) {
    conditions.add(olderThanMs, (ms) => `j.finished_at < ${dayOf(ms)} + interval '1 day'`);
  }
  if (youngerThanMs !== undefined) conditions.add(youngerThanMs, (ms) => `j.finished_at >= ${dayOf(ms)}`);
}

/** A worker claims from the head of a queue, and what it has claimed stays there until it ends. */
const CLAIMED_AMONG = 500;

function claimed(schema: string): string {
  return `with recursive ${headsText(schema)}
    select running.* from heads cross join lateral (
      select * from (
        select * from ${schema}._jobs j
        where j.run_at is null and j.queue = heads.queue and j.priority = heads.priority
        order by j.seq limit ${CLAIMED_AMONG}
      ) head where head.worker is not null
    ) running`;
}

/**
 * The queues and priorities that have jobs, by jumping through `_jobs_ready` from one to the next. The body of a
 * recursive WITH.
 */
export function headsText(schema: string): string {
  return `heads as (
    (select queue, priority from ${schema}._jobs where run_at is null order by queue, priority limit 1)
    union all
    select following.queue, following.priority from heads cross join lateral (
      select j.queue, j.priority from ${schema}._jobs j
      where j.run_at is null and (j.queue, j.priority) > (heads.queue, heads.priority)
      order by j.queue, j.priority limit 1
    ) following
  )`;
}

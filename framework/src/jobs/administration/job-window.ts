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
    readonly states: readonly JobState[];
  },
): Window {
  const { direction, from, states } = place;
  const schema = pg.escapeIdentifier(module);
  const conditions = new Conditions();
  if (from !== null) conditions.add(from, (id) => `j.id ${direction === "newest" ? "<" : ">"} ${id}::bigint`);
  const order = `j.id ${direction === "newest" ? "desc" : "asc"}`;
  if (filter.ids !== undefined) {
    conditions.add(numbersOf(filter.ids, module), (given) => `j.id = any (${given}::bigint[])`);
  }
  if (table === "_finished_jobs") narrowToDays(conditions, filter);
  else narrowToDeliveries(conditions, filter);
  if (table === "_jobs") {
    const only = (...wanted: JobState[]) => states.every((state) => wanted.includes(state));
    if (only("running"))
      return { from: `from (${claimed(schema)}) j where ${conditions.text}`, conditions, order };
    if (only("scheduled", "retryable")) conditions.addText("j.run_at is not null and j.run_at < 'infinity'");
    if (only("waiting")) conditions.addText("j.run_at = 'infinity'");
  }
  return { from: `from ${schema}.${table} j where ${conditions.text}`, conditions, order };
}

/** By `_jobs_deliveries` and `_dead_jobs_deliveries`, whose predicate has to be repeated to be recognised. */
function narrowToDeliveries(conditions: Conditions, { kinds }: JobFilter): void {
  const [kind, ...others] = kinds ?? [];
  if (kind === undefined || others.length > 0 || !kind.startsWith("on.") || kind.includes("*")) return;
  conditions.add(kind, (given) => `j.kind = ${given} and j.kind like 'on.%'`);
}

/** Whole days only: a narrower bound would read through a day's partition in search of its first row. */
function narrowToDays(conditions: Conditions, { olderThanMs, youngerThanMs }: JobFilter): void {
  const dayOf = (ms: string) => `date_trunc('day', now() - ${ms}::float8 * interval '1 millisecond', 'UTC')`;
  if (olderThanMs !== undefined) {
    conditions.add(olderThanMs, (ms) => `j.finished_at < ${dayOf(ms)} + interval '1 day'`);
  }
  if (youngerThanMs !== undefined) conditions.add(youngerThanMs, (ms) => `j.finished_at >= ${dayOf(ms)}`);
}

/** A worker claims from the head of a queue, and what it has claimed stays there until it ends. */
const CLAIMED_AMONG = 2_000;

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

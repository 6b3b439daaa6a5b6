/** What `_finished_jobs` keeps of a row of `_jobs` as it is. */
export const KEPT =
  "id, queue, priority, kind, payload, attempt, crashes, tenant, tags, origin, trace_id, enqueued_at";

/** What `_dead_jobs` keeps of a row of `_jobs` as it is; all but who ran it, and its crashes and errors, which may gain one. */
export const BURIED =
  "id, seq, queue, priority, kind, payload, attempt, claimed_at, max_attempts, timeout_ms, " +
  "unique_key, order_key, limit_key, rate_key, tenant, tags, dependencies_left, dependencies_failed, has_dependents, " +
  "progress, origin, trace_id, enqueued_at";

/**
 * The place of a job that goes back into its queue: at the end, so that failures do not hold up the rest, but for
 * those that stand in a line of their own or have their tenant's turn.
 */
export function nextSeq(schema: string, row: string): string {
  return `case when ${row}.order_key is null and ${row}.tenant is null
    then nextval('${schema}._job_ids') else ${row}.seq end`;
}

/** The last ten errors, this one included. `at` and the rest are SQL expressions. */
export function withError(row: string, at: string, code: string, message: string): string {
  const errors = `coalesce(${row}.errors, '[]'::jsonb)`;
  return `case when jsonb_array_length(${errors}) >= 10 then ${errors} - 0 else ${errors} end
    || jsonb_build_array(jsonb_build_object('attempt', ${row}.attempt, 'at', ${at}, 'code', ${code}, 'message', ${message}))`;
}

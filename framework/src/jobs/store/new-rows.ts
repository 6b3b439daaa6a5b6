import type { NewJob } from "./new-job.ts";

/** The columns of `_jobs` that new rows have. */
export const NEW_COLUMNS =
  "id, seq, queue, priority, kind, payload, max_attempts, run_at, timeout_ms, tags, origin, trace_id, enqueued_at, " +
  "order_key, limit_key, rate_key, tenant, unique_key, dependencies_left";

/**
 * A select of rows to insert, from `newRowsJson` as $1 and a clock as $2, with `place`, `within_ms` and `dependencies`
 * beside the columns.
 *
 * In a fair queue a tenant's jobs are one apart, and its first one stands where the queue is now: tenants take turns,
 * and one that was away has not saved up turns. Guarded by _jobs_ready (where the queue is) and _jobs_tenant.
 */
export function newRows(s: string): string {
  const now = "coalesce($2::timestamptz, now())";
  return `select id, place, within_ms, dependencies, unique_key, jsonb_array_length(dependencies) as dependencies_left,
    case when fair then turn + greatest(
      (select h.seq from ${s}._jobs h
        where h.queue = n.queue and h.priority = n.priority and h.run_at is null and h.worker is null
        order by h.seq limit 1),
      (select max(t.seq) + 1 from ${s}._jobs t
        where t.queue = n.queue and t.tenant = n.tenant and t.priority = n.priority),
      0) else id end as seq,
    queue, priority, kind, payload, max_attempts,
    coalesce(
      case when delay_ms > 0 then ${now} + delay_ms * interval '1 millisecond' when run_at > ${now} then run_at end,
      case when dependencies is not null then 'infinity'::timestamptz end) as run_at,
    timeout_ms, tags, origin, trace_id, ${now} as enqueued_at, order_key, limit_key, rate_key, tenant
  from (
    select nextval('${s}._job_ids') as id, n.*,
      case when fair then row_number() over (partition by queue, priority, tenant order by n.place) - 1 end as turn
    from rows from (jsonb_to_recordset($1::jsonb) as (queue text, priority smallint, kind text, payload jsonb,
        max_attempts smallint, delay_ms float8, run_at timestamptz, timeout_ms integer, tags text[], origin jsonb,
        trace_id uuid, order_key text, limit_key text, rate_key text, tenant text, fair boolean, unique_key text,
        within_ms float8, dependencies jsonb))
      with ordinality as n (queue, priority, kind, payload, max_attempts, delay_ms, run_at, timeout_ms, tags, origin,
        trace_id, order_key, limit_key, rate_key, tenant, fair, unique_key, within_ms, dependencies, place)
    order by n.place) as n`;
}

/** The payloads are JSON text already. */
export function newRowsJson(jobs: readonly NewJob[]): string {
  return `[${jobs.map(rowJson).join(",")}]`;
}

function rowJson(job: NewJob): string {
  const rest = JSON.stringify({
    queue: job.queue,
    priority: job.priority,
    kind: job.kind,
    max_attempts: job.maxAttempts,
    delay_ms: job.delayMs,
    run_at: job.runAt,
    timeout_ms: job.timeoutMs,
    tags: job.tags,
    origin: job.origin,
    trace_id: job.traceId,
    order_key: job.orderKey,
    limit_key: job.limitKey,
    rate_key: job.rateKey,
    tenant: job.tenant,
    fair: job.isFair,
    unique_key: job.unique?.key,
    within_ms: job.unique?.withinMs,
    dependencies: job.after ?? undefined,
  });
  return `${rest.slice(0, -1)},"payload":${job.payload}}`;
}

import type { ClaimedJob } from "../attempt.ts";
import { perSchema } from "./per-schema.ts";
import { alone, type StoreParts } from "./store-parts.ts";

export interface ClaimRequest {
  readonly worker: number;
  readonly queue: string;
  /** The last place that was seen; null starts from the head of the queue. */
  readonly after: { readonly priority: number; readonly seq: number } | null;
  readonly limit: number;
}

/**
 * Reads _jobs_ready from the cursor on and writes nothing that an index knows, so the update is HOT. The rows are
 * found again by where they are: a join on the id would cost as much as all the rest.
 */
export const claimText = perSchema(
  (s) => `update ${s}._jobs set worker = $1, attempt = attempt + 1, claimed_at = now()
  where ctid = any (array(
    select ctid from ${s}._jobs
    where queue = $2 and run_at is null and (priority, seq) > ($3::smallint, $4::bigint) and worker is null
      and not exists (select from ${s}._paused_queues where queue = $2)
    order by priority, seq limit $5 for update skip locked))
  returning ctid::text, id, seq, priority, kind, payload, attempt, max_attempts as "maxAttempts", crashes,
    timeout_ms as "timeoutMs", order_key as "orderKey", limit_key as "limitKey", rate_key as "rateKey",
    tags, origin, trace_id as "traceId", date_part('epoch', enqueued_at) * 1000 as "enqueuedAtMs",
    coalesce(dependencies_failed, 0) as "dependenciesFailed"`,
);

/** In the order in which they are to be run. */
export async function claim(parts: StoreParts, request: ClaimRequest): Promise<ClaimedJob[]> {
  const { worker, queue, after, limit } = request;
  const { rows } = await alone(parts)<Mutable<ClaimedJob>>({
    text: claimText(parts.schema),
    values: [worker, queue, after?.priority ?? -32_768, after?.seq ?? -1, limit],
  });
  for (const row of rows) {
    row.module = parts.module;
    row.queue = queue;
    row.worker = worker;
    row.tags ??= NO_TAGS;
  }
  return rows.sort((a, b) => a.priority - b.priority || a.seq - b.seq);
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
const NO_TAGS: readonly string[] = [];

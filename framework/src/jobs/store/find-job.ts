import type { JobState } from "../administration/job-filter.ts";
import { perSchema } from "./per-schema.ts";
import type { Execute, StoreParts } from "./store-parts.ts";

export interface StoredJob {
  readonly id: number;
  readonly state: JobState;
  readonly queue: string;
  readonly kind: string;
  readonly priority: number;
  readonly payload: unknown;
  readonly attempt: number;
  readonly crashes: number;
  /** Not known of finished jobs. */
  readonly maxAttempts: number | null;
  readonly runAt: Date | null;
  readonly worker: number | null;
  readonly tenant: string | null;
  readonly tags: readonly string[] | null;
  readonly progress: unknown;
  readonly output: unknown;
  /** Oldest first. */
  readonly errors: readonly StoredError[] | null;
  readonly origin: Readonly<Record<string, unknown>> | null;
  readonly traceId: string | null;
  readonly enqueuedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface StoredError {
  readonly attempt: number;
  readonly at?: string;
  readonly code: string;
  readonly message: string;
}

/** Null when there is no such job, or it ended so long ago that it is forgotten. */
export async function findJob(parts: StoreParts, execute: Execute, id: number): Promise<StoredJob | null> {
  const { rows } = await execute<StoredJob>({ text: findText(parts.schema), values: [id] });
  return rows[0] ?? null;
}

/** The state of a row of `_jobs`, as an SQL expression. */
export const UNFINISHED_STATE = `case when worker is not null then 'running' when run_at is null then 'available'
  when run_at = 'infinity' then 'waiting' when attempt > 0 then 'retryable' else 'scheduled' end`;

const findText = perSchema((s) => {
  const shared = "id, queue, kind, priority, payload, attempt, crashes, worker, tenant, tags, errors, origin";
  const rest = `trace_id as "traceId", enqueued_at as "enqueuedAt"`;
  const due = `case when isfinite(run_at) then run_at end as "runAt"`;
  return `select ${UNFINISHED_STATE} as state, ${shared}, ${rest}, max_attempts as "maxAttempts", ${due},
    progress, null::jsonb as output, claimed_at as "startedAt", null::timestamptz as "finishedAt"
  from ${s}._jobs where id = $1
  union all select state, ${shared}, ${rest}, null, null, null, output, started_at, finished_at
  from ${s}._finished_jobs where id = $1
  union all select 'dead', ${shared}, ${rest}, max_attempts, null, progress, null, claimed_at, died_at
  from ${s}._dead_jobs where id = $1`;
});

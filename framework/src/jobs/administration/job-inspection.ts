import pg from "pg";
import type { Execute } from "../store/store-parts.ts";
import { JOB_TABLES, type JobState, type JobTable, STATE_SQL } from "./job-filter.ts";

/** Everything that is known about one job. What its table does not hold is null. */
export interface JobDetails {
  readonly id: string;
  readonly module: string;
  readonly queue: string;
  readonly kind: string;
  readonly state: JobState;
  readonly priority: number;
  readonly payload: unknown;
  readonly attempt: number;
  readonly maxAttempts: number | null;
  /** How often a process died while the job was in flight in it. */
  readonly crashes: number;
  readonly runAt: Date | null;
  readonly timeoutMs: number | null;
  readonly uniqueKey: string | null;
  readonly orderKey: string | null;
  readonly limitKey: string | null;
  readonly rateKey: string | null;
  readonly tenant: string | null;
  readonly tags: readonly string[];
  readonly progress: unknown;
  readonly output: unknown;
  /** Oldest first; the last ten. */
  readonly errors: readonly {
    readonly attempt: number;
    readonly at: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly origin: Readonly<Record<string, unknown>> | null;
  readonly traceId: string | null;
  readonly enqueuedAt: Date;
  readonly startedAt: Date | null;
  /** When it completed, was cancelled or died. */
  readonly endedAt: Date | null;
  /** Who runs it, or ran it last. */
  readonly worker: { readonly id: number; readonly host: string | null; readonly pid: number | null } | null;
  readonly cancellation: { readonly reason: string | null; readonly requestedAt: string } | null;
  /** Jobs that it still waits for, and jobs that still wait for it. */
  readonly waitsFor: readonly string[];
  readonly awaitedBy: readonly string[];
}

export async function inspectJob(
  execute: Execute,
  module: string,
  number: number,
): Promise<JobDetails | null> {
  for (const table of JOB_TABLES) {
    const { rows } = await execute<Omit<JobDetails, "module" | "id">>({
      text: inspectionText(pg.escapeIdentifier(module), table),
      values: [number],
    });
    const [found] = rows;
    if (found !== undefined) {
      const named = (numbers: readonly unknown[]) => numbers.map((each) => `${module}:${each}`);
      return {
        id: `${module}:${number}`,
        module,
        ...found,
        waitsFor: named(found.waitsFor),
        awaitedBy: named(found.awaitedBy),
      };
    }
  }
  return null;
}

function inspectionText(s: string, table: JobTable): string {
  const isPast = table === "_finished_jobs";
  const only = (isThere: boolean, sql: string, type: string) => (isThere ? sql : `null::${type}`);
  return `select j.queue, j.kind, ${STATE_SQL[table]} as state, j.priority, j.payload, j.attempt,
      ${only(!isPast, "j.max_attempts", "integer")} as "maxAttempts", j.crashes,
      ${only(table === "_jobs", "case when j.run_at < 'infinity' then j.run_at end", "timestamptz")} as "runAt",
      ${only(!isPast, "j.timeout_ms", "integer")} as "timeoutMs",
      ${only(!isPast, "j.unique_key", "text")} as "uniqueKey",
      ${only(!isPast, "j.order_key", "text")} as "orderKey",
      ${only(!isPast, "j.limit_key", "text")} as "limitKey",
      ${only(!isPast, "j.rate_key", "text")} as "rateKey",
      j.tenant, coalesce(j.tags, '{}') as tags,
      ${only(!isPast, "j.progress", "jsonb")} as progress,
      ${only(isPast, "j.output", "jsonb")} as output,
      coalesce(j.errors, '[]') as errors, j.origin, j.trace_id as "traceId", j.enqueued_at as "enqueuedAt",
      ${isPast ? "j.started_at" : "j.claimed_at"} as "startedAt",
      ${table === "_jobs" ? "null::timestamptz" : isPast ? "j.finished_at" : "j.died_at"} as "endedAt",
      (select jsonb_build_object('id', j.worker, 'host', w.host, 'pid', w.pid)
        from (select) as one left join ashlar.workers w on w.id = j.worker where j.worker is not null) as worker,
      (select jsonb_build_object('reason', c.reason, 'requestedAt', c.requested_at)
        from ${s}._job_cancellations c where c.job = j.id) as cancellation,
      array(select d.depends_on from ${s}._job_dependencies d where d.job = j.id order by 1) as "waitsFor",
      array(select d.job from ${s}._job_dependencies d where d.depends_on = j.id order by 1) as "awaitedBy"
    from ${s}.${table} j where j.id = $1 limit 1`;
}

import type { ClaimedJob } from "../attempt.ts";
import { JobError } from "../errors.ts";
import { settleDependents } from "./dependents.ts";
import { limitsOf, unpark } from "./gates.ts";
import { KEPT } from "./job-columns.ts";
import { perSchema } from "./per-schema.ts";
import { type Settled, settle, union } from "./settle.ts";
import { alone, type Execute, type StoreParts } from "./store-parts.ts";

export type CancelOutcome = "cancelled" | "requested" | "ended";

export interface CancelResult extends Settled {
  readonly outcome: CancelOutcome;
  /** Who runs it, when it was `requested`. */
  readonly worker: number | null;
}

/** A job can be claimed and released while it is being cancelled, but hardly this often. */
const TRIES = 5;

/**
 * Cancels a job that does not run yet; of one that runs it notes that somebody wants it stopped, for its worker to
 * read. Anything else has ended, or never was.
 */
export async function requestCancel(
  parts: StoreParts,
  execute: Execute,
  id: number,
  reason: string | null,
): Promise<CancelResult> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const cancelled = await cancelPending(parts, execute, [id], reason);
    if (cancelled.ids.length > 0)
      return { outcome: "cancelled", worker: null, lost: [], wake: cancelled.wake };
    // A statement of its own, so that it sees who claimed the job meanwhile.
    const { rows } = await execute<{ worker: number | null }>({
      text: requestText(parts.schema),
      values: [id, reason],
    });
    if (rows.length === 0) return { outcome: "ended", worker: null, lost: [], wake: [] };
    const { worker } = rows[0]!;
    if (worker !== null) return { outcome: "requested", worker, lost: [], wake: [] };
  }
  throw new JobError(
    "ASHLAR_JOB_CONTENDED",
    `${parts.module}:${id}`,
    `${parts.module}:${id} was claimed and released faster than it could be cancelled. Try again.`,
  );
}

const requestText = perSchema(
  (s) => `with wanted as (select id, worker from ${s}._jobs where id = $1), noted as (
    insert into ${s}._job_cancellations (job, worker, reason)
    select id, worker, $2::text from wanted where worker is not null
    on conflict (job) do update set worker = excluded.worker, reason = excluded.reason
  )
  select worker from wanted`,
);

interface CancelledRow {
  readonly id: number;
  readonly kind: string;
  readonly queue: string;
  readonly hasDependents: boolean;
  readonly orderKey: string | null;
  readonly limitKey: string | null;
}

/** Cancels those of the jobs that nobody runs. Returns their ids, and the queues in which others became available. */
export async function cancelPending(
  parts: StoreParts,
  execute: Execute,
  ids: readonly number[],
  reason: string | null,
): Promise<{ readonly ids: readonly number[]; readonly wake: readonly string[] }> {
  const { rows } = await execute<CancelledRow>({
    text: pendingText(parts.schema),
    values: [ids, parts.clock(), reason],
  });
  if (rows.length === 0) return { ids: [], wake: [] };
  // Whoever waited behind it, or for the place that it was called to, is called in its stead.
  const turns = rows.flatMap(({ orderKey }) => (orderKey === null ? [] : [orderKey]));
  const called = await unpark(parts, execute, limitsOf(parts, rows), turns);
  const ended = rows.filter(({ hasDependents }) => hasDependents);
  const told =
    ended.length === 0
      ? []
      : await settleDependents(
          parts,
          execute,
          ended.map(({ id }) => ({ id, outcome: "cancelled" })),
        );
  return { ids: rows.map(({ id }) => id), wake: union(called, told) };
}

/** Why it was cancelled stands last among the errors. `reason` is an SQL expression. */
function errorsWith(reason: string): string {
  return `case when ${reason}::text is null then errors else coalesce(errors, '[]'::jsonb)
    || jsonb_build_array(jsonb_build_object('attempt', attempt, 'at', coalesce($2::timestamptz, now()),
      'code', 'ASHLAR_JOB_CANCELLED', 'message', ${reason}::text)) end`;
}

const pendingText = perSchema(
  (s) => `with gone as (
    delete from ${s}._jobs where id = any ($1::bigint[]) and worker is null returning *
  ), kept as (
    insert into ${s}._finished_jobs (${KEPT}, state, errors, finished_at)
    select ${KEPT}, 'cancelled', ${errorsWith("$3")}, coalesce($2::timestamptz, now()) from gone
  ), forgotten as (
    delete from ${s}._job_dependencies where job in (select id from gone)
  ), obeyed as (
    delete from ${s}._job_cancellations where job in (select id from gone)
  )
  select id, kind, queue, has_dependents as "hasDependents", order_key as "orderKey", limit_key as "limitKey"
  from gone`,
);

export interface CancelledJob {
  readonly job: ClaimedJob;
  readonly reason: string;
}

/** Ends jobs that their worker has stopped. */
export function cancelRunning(
  parts: StoreParts,
  worker: number,
  cancelled: readonly CancelledJob[],
): Promise<Settled> {
  return settle(parts, cancelled, async (execute, some) => {
    const { rows } = await execute<{ id: number; hasDependents: boolean }>({
      text: runningText(parts.schema),
      values: [
        worker,
        parts.clock(),
        some.map(({ job }) => job.id),
        some.map(({ reason }) => reason.replaceAll("\0", "\ufffd").toWellFormed()),
      ],
    });
    const found = new Set(rows.map(({ id }) => id));
    return {
      ended: rows.flatMap(({ id, hasDependents }) =>
        hasDependents ? [{ id, outcome: "cancelled" as const }] : [],
      ),
      lost: some.map(({ job }) => job.id).filter((id) => !found.has(id)),
      wake: [],
    };
  });
}

const runningText = perSchema(
  (s) => `with gone as (
    delete from ${s}._jobs j using unnest($3::bigint[], $4::text[]) as c (cancelled, reason)
    where j.id = c.cancelled and j.worker = $1 returning j.*, c.reason
  ), kept as (
    insert into ${s}._finished_jobs (${KEPT}, state, worker, errors, started_at, finished_at)
    select ${KEPT}, 'cancelled', $1, ${errorsWith("reason")}, claimed_at, coalesce($2::timestamptz, now()) from gone
  ), obeyed as (
    delete from ${s}._job_cancellations where job in (select id from gone)
  )
  select id, has_dependents as "hasDependents" from gone`,
);

export interface Cancellation {
  readonly job: number;
  readonly reason: string | null;
}

/** What the worker is to stop. Asks for who holds the job now: it may have changed hands since the request. */
export async function cancellations(parts: StoreParts, worker: number): Promise<Cancellation[]> {
  const { rows } = await alone(parts)<Cancellation>({
    text: `select c.job, c.reason from ${parts.schema}._job_cancellations c
      join ${parts.schema}._jobs j on j.id = c.job where j.worker = $1`,
    values: [worker],
  });
  return rows;
}

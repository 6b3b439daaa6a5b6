import type { ClaimedJob } from "../attempt.ts";
import type { EndedJob } from "./dependents.ts";
import { BURIED, KEPT, nextSeq, withError } from "./job-columns.ts";
import { perSchema } from "./per-schema.ts";
import { type Settled, settle, type Written } from "./settle.ts";
import type { Execute, StoreParts } from "./store-parts.ts";

export interface Failure {
  readonly job: ClaimedJob;
  readonly code: string;
  readonly message: string;
}

export interface RetryableFailure extends Failure {
  /** When it may run again; not used when no attempt is left. */
  readonly retryAfterMs: number;
}

/** Later attempts, or death when none is left. A job that somebody wants stopped is cancelled instead. */
export function fail(
  parts: StoreParts,
  worker: number,
  failures: readonly RetryableFailure[],
): Promise<Settled> {
  return settle(parts, failures, (execute, some) =>
    writeFailures(
      parts,
      execute,
      worker,
      some,
      some.map(({ retryAfterMs }) => retryAfterMs),
    ),
  );
}

/** Death at once, whatever attempts are left. */
export function bury(parts: StoreParts, worker: number, failures: readonly Failure[]): Promise<Settled> {
  return settle(parts, failures, (execute, some) =>
    writeFailures(
      parts,
      execute,
      worker,
      some,
      some.map(() => null),
    ),
  );
}

export interface FailedRow {
  readonly id: number;
  readonly queue: string;
  readonly outcome: "dead" | "cancelled" | "retried";
  readonly hasDependents: boolean;
  readonly isAvailable: boolean;
  readonly kind: string;
  readonly limitKey: string | null;
  readonly orderKey: string | null;
}

async function writeFailures(
  parts: StoreParts,
  execute: Execute,
  worker: number,
  failures: readonly Failure[],
  retriesAfterMs: readonly (number | null)[],
): Promise<Written> {
  const { rows } = await execute<FailedRow>({
    text: failText(parts.schema),
    values: [
      worker,
      parts.clock(),
      failures.map(({ job }) => job.id),
      failures.map(({ code }) => storable(code)),
      failures.map(({ message }) => storable(message)),
      retriesAfterMs,
    ],
  });
  const found = new Set(rows.map(({ id }) => id));
  return {
    ended: endedOf(rows),
    lost: failures.map(({ job }) => job.id).filter((id) => !found.has(id)),
    wake: wakeOf(rows),
  };
}

export function endedOf(rows: readonly FailedRow[]): EndedJob[] {
  return rows.flatMap(({ id, outcome, hasDependents }) =>
    hasDependents && outcome !== "retried" ? [{ id, outcome }] : [],
  );
}

export function wakeOf(rows: readonly { queue: string; isAvailable: boolean }[]): string[] {
  return [...new Set(rows.filter(({ isAvailable }) => isAvailable).map(({ queue }) => queue))];
}

const LONGEST_MESSAGE = 10_000;

/** An error's text comes from anywhere, and must not keep the failure from being written. */
function storable(text: string): string {
  return text.slice(0, LONGEST_MESSAGE).replaceAll("\0", "\ufffd").toWellFormed();
}

const failText = perSchema(
  (s) => `with f as (
    select * from unnest($3::bigint[], $4::text[], $5::text[], $6::float8[]) as f (id, code, message, retry_ms)
  ), held as (
    select j.id, j.worker, f.code, f.message, f.retry_ms, 0 as died,
      case when exists (select from ${s}._job_cancellations c where c.job = j.id) then 'cancelled'
        when f.retry_ms is null or j.attempt >= j.max_attempts then 'dead' else 'retried' end as outcome,
      coalesce($2::timestamptz, now()) as at
    from f join ${s}._jobs j on j.id = f.id where j.worker = $1 order by j.id for update of j
  ), ${settleHeldText(s, {
    retried: `run_at = case when h.retry_ms > 0 then h.at + h.retry_ms * interval '1 millisecond' end`,
    isAvailable: "h.retry_ms <= 0",
  })}`,
);

/**
 * The rest of a statement that begins with `held (id, worker, code, message, died, outcome, at)`, rows of `_jobs` that
 * are locked: moves the dead and the cancelled, and puts back the others. `retried` sets more columns of those;
 * `died` is 1 when the worker died with the job.
 */
export function settleHeldText(s: string, parts: { retried: string; isAvailable: string }): string {
  const error = withError("j", "h.at", "h.code", "h.message");
  const keys = `kind, limit_key as "limitKey", order_key as "orderKey"`;
  return `dead as (
    delete from ${s}._jobs j using held h where j.id = h.id and h.outcome = 'dead'
    returning j.*, h.at, h.died, ${error} as new_errors
  ), buried as (
    insert into ${s}._dead_jobs (${BURIED}, crashes, errors, died_at)
    select ${BURIED}, crashes + died, new_errors, at from dead
  ), cancelled as (
    delete from ${s}._jobs j using held h where j.id = h.id and h.outcome = 'cancelled'
    returning j.*, h.worker as held_by, h.at, ${error} as new_errors
  ), kept as (
    insert into ${s}._finished_jobs (${KEPT}, state, worker, errors, started_at, finished_at)
    select ${KEPT}, 'cancelled', held_by, new_errors, claimed_at, at from cancelled
  ), obeyed as (
    delete from ${s}._job_cancellations where job in (select id from held where outcome <> 'retried')
  ), retried as (
    update ${s}._jobs j set worker = null, claimed_at = null, seq = ${nextSeq(s, "j")}, errors = ${error},
      ${parts.retried}
    from held h where j.id = h.id and h.outcome = 'retried'
    returning j.id, j.queue, j.kind, j.limit_key, j.order_key, ${parts.isAvailable} as available
  )
  select id, queue, 'dead' as outcome, has_dependents as "hasDependents", false as "isAvailable", ${keys} from dead
  union all select id, queue, 'cancelled', has_dependents, false, ${keys} from cancelled
  union all select id, queue, 'retried', false, available, ${keys} from retried`;
}

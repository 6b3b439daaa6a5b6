import { cancelPending } from "../store/cancellation.ts";
import { settleDependents } from "../store/dependents.ts";
import { lockKeys } from "../store/gates.ts";
import { BURIED, KEPT, nextSeq } from "../store/job-columns.ts";
import { perSchema } from "../store/per-schema.ts";
import type { Execute, StoreParts } from "../store/store-parts.ts";
import { cancelTopic, jobTopic } from "../topics.ts";
import type { JobState, JobTable } from "./job-filter.ts";

/** Something that can be done to many jobs at once. */
export interface JobAction {
  /** The states it is for; jobs in other states are left alone. */
  readonly states: readonly JobState[];
  /**
   * Does it to those of `ids` that are still in such a state. Within a transaction that the caller may run again.
   */
  apply(
    parts: StoreParts,
    execute: Execute,
    table: JobTable,
    ids: readonly number[],
    note: string | null,
  ): Promise<ActionEffect>;
}

export interface ActionEffect {
  /** Jobs that it was done to. */
  readonly done: number;
  /** Jobs that it could not be done to, because a unique one has taken their place. */
  readonly inTheWay: number;
  /** Topics of workers to be woken. */
  readonly topics: readonly string[];
}

/**
 * Dead jobs begin anew, with all their attempts; those that wait for a later attempt or time get it now. A dead job
 * whose unique key an unfinished one has taken stays dead.
 */
export const retry: JobAction = {
  states: ["dead", "retryable", "scheduled"],
  async apply(parts, execute, table, ids) {
    const text = table === "_dead_jobs" ? reviveText : hurryText;
    const { rows } = await execute<{ queue: string; isDone: boolean }>({
      text: text(parts.schema),
      values: [ids],
    });
    const done = rows.filter(({ isDone }) => isDone);
    return {
      done: done.length,
      inTheWay: rows.length - done.length,
      topics: topicsOf(
        parts.module,
        done.map(({ queue }) => queue),
      ),
    };
  },
};

const AS_NEW: Readonly<Record<string, string>> = {
  seq: "new_seq",
  attempt: "0",
  crashes: "0",
  claimed_at: "null::timestamptz",
  progress: "null::jsonb",
};

const REVIVED = BURIED.split(", ")
  .map((column) => AS_NEW[column] ?? column)
  .join(", ");

// Inserted first: what another job's unique key keeps out stays where it is.
const reviveText = perSchema(
  (s) => `with dead as (
    select d.*, ${nextSeq(s, "d")} as new_seq from ${s}._dead_jobs d
    where d.id = any ($1::bigint[]) order by d.id for update
  ), revived as (
    insert into ${s}._jobs (${BURIED}, errors)
    select ${REVIVED}, errors
    from dead
    on conflict (unique_key) where unique_key is not null do nothing
    returning id, queue
  ), gone as (
    delete from ${s}._dead_jobs where id in (select id from revived)
  )
  select d.queue, exists (select from revived r where r.id = d.id) as "isDone" from dead d`,
);

const hurryText = perSchema(
  (s) => `update ${s}._jobs j set run_at = null, seq = ${nextSeq(s, "j")}
    where id = any ($1::bigint[]) and worker is null and run_at < 'infinity'
    returning queue, true as "isDone"`,
);

/** Jobs that have not begun end at once; of those that run, the workers are asked to stop them. */
export const cancel: JobAction = {
  states: ["scheduled", "available", "waiting", "retryable", "running"],
  async apply(parts, execute, _table, ids, note) {
    // In this order: a job that is claimed between the two statements is met by the second.
    const ended = await endPending(parts, execute, ids, note);
    const requested = await execute<{ id: number }>({ text: requestText(parts.schema), values: [ids, note] });
    return {
      done: requested.rowCount + ended.done,
      inTheWay: 0,
      topics: [...requested.rows.map(({ id }) => cancelTopic(parts.module, id)), ...ended.topics],
    };
  },
};

const requestText = perSchema(
  (s) => `insert into ${s}._job_cancellations (job, worker, reason)
    select id, worker, $2 from ${s}._jobs where id = any ($1::bigint[]) and worker is not null
    on conflict (job) do update set reason = coalesce(excluded.reason, _job_cancellations.reason)
    returning job as id`,
);

/** As admission does, locks the gates before the jobs: the next in each line must not be parked unseen. */
async function endPending(parts: StoreParts, execute: Execute, ids: readonly number[], note: string | null) {
  const lines = await execute<{ key: string }>({ text: linesText(parts.schema), values: [ids] });
  if (lines.rowCount > 0) {
    await lockKeys(
      parts,
      execute,
      lines.rows.map(({ key }) => key),
    );
  }
  const ended = await cancelPending(parts, execute, ids, note);
  return { done: ended.ids.length, topics: topicsOf(parts.module, ended.wake) };
}

const linesText = perSchema(
  (s) =>
    `select distinct order_key as key from ${s}._jobs where id = any ($1::bigint[]) and order_key is not null`,
);

/** Dead jobs go to the past, cancelled; so do those that could only run after them. */
export const discard: JobAction = {
  states: ["dead"],
  async apply(parts, execute, _table, ids) {
    const { rows } = await execute<{ id: number; hasDependents: boolean }>({
      text: discardText(parts.schema),
      values: [ids, parts.clock()],
    });
    const wake = await settleDependents(
      parts,
      execute,
      rows.filter(({ hasDependents }) => hasDependents).map(({ id }) => ({ id, outcome: "cancelled" })),
    );
    return { done: rows.length, inTheWay: 0, topics: topicsOf(parts.module, wake) };
  },
};

const discardText = perSchema(
  (s) => `with gone as (
    delete from ${s}._dead_jobs where id = any ($1::bigint[]) returning *
  ), kept as (
    insert into ${s}._finished_jobs (${KEPT}, state, errors, started_at, finished_at)
    select ${KEPT}, 'cancelled', errors, claimed_at, coalesce($2::timestamptz, now()) from gone
  )
  select id, has_dependents as "hasDependents" from gone`,
);

function topicsOf(module: string, queues: readonly string[]): string[] {
  return [...new Set(queues)].map((queue) => jobTopic(module, queue));
}

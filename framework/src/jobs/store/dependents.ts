import { unpark } from "./gates.ts";
import { perSchema } from "./per-schema.ts";
import type { Execute, StoreParts } from "./store-parts.ts";

/** A job that ended, for the jobs that wait for it. */
export interface EndedJob {
  readonly id: number;
  readonly outcome: "completed" | "cancelled" | "dead";
}

interface Told {
  readonly id: number;
  readonly queue: string;
  readonly isDoomed: boolean;
  readonly isAvailable: boolean;
}

/**
 * Tells the jobs that wait for `ended`, and those that wait for jobs cancelled thereby. Returns the queues in which
 * jobs became available. To be run in a transaction, after the statement that ended the jobs.
 */
export async function settleDependents(
  parts: StoreParts,
  execute: Execute,
  ended: readonly EndedJob[],
): Promise<string[]> {
  const wake = new Set<string>();
  for (let next = ended; next.length > 0; ) {
    const { rows } = await execute<Told>({
      text: tellText(parts.schema),
      values: [next.map(({ id }) => id), next.map(({ outcome }) => outcome)],
    });
    for (const { queue, isAvailable } of rows) if (isAvailable) wake.add(queue);
    const doomed = rows.filter(({ isDoomed }) => isDoomed).map(({ id }) => id);
    next = doomed.length === 0 ? [] : await cancelDoomed(parts, execute, doomed, wake);
  }
  return [...wake];
}

/**
 * Who deletes a dependency counts it, so that it counts once. The rows are locked in the order of their ids: two
 * transactions that end prerequisites of the same jobs would deadlock otherwise.
 */
const tellText = perSchema(
  (s) => `with gone as (
    delete from ${s}._job_dependencies d using unnest($1::bigint[], $2::text[]) as e (id, outcome)
    where d.depends_on = e.id and (d.settles or e.outcome <> 'dead')
    returning d.job, d.settles, e.outcome
  ), tally as (
    select job, count(*)::integer as count, (count(*) filter (where outcome <> 'completed'))::integer as failed,
      bool_or(outcome = 'cancelled' and not settles) as is_doomed
    from gone group by job
  ), locked as (
    select j.id from ${s}._jobs j where j.id in (select job from tally) order by j.id for update
  )
  update ${s}._jobs j set
    dependencies_left = j.dependencies_left - t.count,
    dependencies_failed = coalesce(j.dependencies_failed, 0) + t.failed,
    run_at = case when j.dependencies_left = t.count and j.run_at = 'infinity' and not t.is_doomed then null
      else j.run_at end
  from tally t, locked l where j.id = t.job and l.id = t.job
  returning j.id, j.queue, t.is_doomed as "isDoomed", j.run_at is null as "isAvailable"`,
);

/** They wait for something that will never complete. Returns those that others wait for. */
async function cancelDoomed(
  parts: StoreParts,
  execute: Execute,
  ids: readonly number[],
  wake: Set<string>,
): Promise<EndedJob[]> {
  const { rows } = await execute<{ id: number; hasDependents: boolean; orderKey: string | null }>({
    text: cancelDoomedText(parts.schema),
    values: [ids, parts.clock()],
  });
  const turns = rows.flatMap(({ orderKey }) => (orderKey === null ? [] : [orderKey]));
  for (const queue of await unpark(parts, execute, new Map(), turns)) wake.add(queue);
  return rows.filter((row) => row.hasDependents).map(({ id }) => ({ id, outcome: "cancelled" }));
}

const cancelDoomedText = perSchema(
  (s) => `with gone as (
    delete from ${s}._jobs where id = any ($1::bigint[]) and worker is null
    returning id, queue, priority, kind, payload, attempt, crashes, tenant, tags, errors, origin, trace_id,
      enqueued_at, has_dependents, order_key
  ), forgotten as (
    delete from ${s}._job_dependencies where job = any ($1::bigint[])
  ), kept as (
    insert into ${s}._finished_jobs (id, state, queue, priority, kind, payload, attempt, crashes, tenant, tags,
      errors, origin, trace_id, enqueued_at, finished_at)
    select id, 'cancelled', queue, priority, kind, payload, attempt, crashes, tenant, tags, errors, origin, trace_id,
      enqueued_at, coalesce($2::timestamptz, now()) from gone
  )
  select id, has_dependents as "hasDependents", order_key as "orderKey" from gone`,
);

import type { ClaimedJob } from "../attempt.ts";
import { LeaseLostError } from "../errors.ts";
import { settleDependents } from "./dependents.ts";
import { perSchema } from "./per-schema.ts";
import { isHolding, type Settled, settle, settleHolding, type Written } from "./settle.ts";
import type { Execute, StoreParts } from "./store-parts.ts";

export interface Completion {
  readonly job: ClaimedJob;
  /** As JSON; undefined stores none. */
  readonly output: unknown;
}

export function complete(parts: StoreParts, worker: number, done: readonly Completion[]): Promise<Settled> {
  return settle(parts, done, (execute, some) => finish(parts, execute, worker, some));
}

/** Completes a job in its handler's transaction, or throws LeaseLostError so that it is rolled back. */
export async function completeIn(
  parts: StoreParts,
  execute: Execute,
  job: ClaimedJob,
  output: unknown,
): Promise<Settled> {
  const write = async () => {
    const written = await finishById(parts, execute, job.worker, [{ job, output }]);
    if (written.lost.length > 0) throw new LeaseLostError(`${job.module}:${job.id}`);
    return written;
  };
  if (isHolding(job)) return settleHolding(parts, execute, [job], write);
  const { ended } = await write();
  return { lost: [], wake: ended.length === 0 ? [] : await settleDependents(parts, execute, ended) };
}

interface Finished {
  readonly count: number;
  readonly dependents: number[];
  /** Null when all were there. */
  readonly missing: number[] | null;
}

/** By where the rows are; for those that have moved since the claim, by id. */
async function finish(
  parts: StoreParts,
  execute: Execute,
  worker: number,
  done: readonly Completion[],
): Promise<Written> {
  const first = await run(execute, byPlace, parts, worker, done);
  if (first.missing === null) return written(first.dependents, []);
  const missing = new Set(first.missing);
  const second = await finishById(
    parts,
    execute,
    worker,
    done.filter(({ job }) => missing.has(job.id)),
  );
  return { ...second, ended: [...written(first.dependents, []).ended, ...second.ended] };
}

async function finishById(
  parts: StoreParts,
  execute: Execute,
  worker: number,
  done: readonly Completion[],
): Promise<Written> {
  const { dependents, missing } = await run(execute, byId, parts, worker, done);
  return written(dependents, missing ?? []);
}

function written(dependents: readonly number[], lost: readonly number[]): Written {
  return { ended: dependents.map((id) => ({ id, outcome: "completed" })), lost, wake: [] };
}

async function run(
  execute: Execute,
  texts: FinishTexts,
  parts: StoreParts,
  worker: number,
  done: readonly Completion[],
): Promise<Finished> {
  const ids = done.map(({ job }) => job.id);
  const places = texts.hasPlaces ? [done.map(({ job }) => job.ctid)] : [];
  const outputs = outputsOf(done);
  const { rows } = await execute<Finished>({
    text: (outputs === null ? texts.plain : texts.withOutput)(parts.schema),
    values: [worker, parts.clock(), ids, ...places, ...(outputs === null ? [] : [outputs])],
  });
  return rows[0] as Finished;
}

/** The outputs by id, as one JSON object of those that have one; null when none has. */
function outputsOf(done: readonly Completion[]): string | null {
  const members = done.flatMap(({ job, output }) => {
    const json = output === undefined ? undefined : JSON.stringify(output);
    return json === undefined ? [] : [`"${job.id}":${json}`];
  });
  return members.length === 0 ? null : `{${members.join(",")}}`;
}

interface FinishTexts {
  readonly hasPlaces: boolean;
  readonly plain: (schema: string) => string;
  readonly withOutput: (schema: string) => string;
}

/**
 * By tid scans, whatever the planner thinks of the table. The ids are looked up in a hash: an array would be searched
 * for every row. `is true` keeps the subselect from becoming a join, which might begin with a walk through the table.
 */
const AT_PLACE = "j.ctid = any ($4::tid[]) and (j.id in (select unnest($3::bigint[]))) is true";
export const completeByPlaceText = perSchema((s) => finishText(s, AT_PLACE, null));

const byPlace: FinishTexts = {
  hasPlaces: true,
  plain: completeByPlaceText,
  withOutput: perSchema((s) => finishText(s, AT_PLACE, "$5")),
};
const byId: FinishTexts = {
  hasPlaces: false,
  plain: perSchema((s) => finishText(s, "j.id = any ($3::bigint[])", null)),
  withOutput: perSchema((s) => finishText(s, "j.id = any ($3::bigint[])", "$4")),
};

/**
 * Asking for the id and the worker again fences: a place can have been taken by another row, and a job given to
 * another worker. What is missing is worked out only when something is.
 */
function finishText(s: string, where: string, outputs: string | null): string {
  const output = outputs === null ? "null::jsonb" : `${outputs}::jsonb -> j.id::text`;
  return `with gone as (
    delete from ${s}._jobs as j where ${where} and j.worker = $1::integer
    returning id, queue, priority, kind, payload, attempt, crashes, tenant, tags, ${output} as output, errors, origin,
      trace_id, enqueued_at, claimed_at, has_dependents
  ), kept as (
    insert into ${s}._finished_jobs (id, state, queue, priority, kind, payload, worker, attempt, crashes, tenant,
      tags, output, errors, origin, trace_id, enqueued_at, started_at, finished_at)
    select id, 'completed', queue, priority, kind, payload, $1::integer, attempt, crashes, tenant, tags,
      output, errors, origin, trace_id, enqueued_at, claimed_at, coalesce($2::timestamptz, now())
    from gone
  ), tally as (select count(*)::integer as count from gone)
  select count, array(select id from gone where has_dependents) as dependents,
    case when count < cardinality($3::bigint[])
      then array(select w.id from unnest($3::bigint[]) as w (id) where w.id not in (select id from gone)) end as missing
  from tally`;
}

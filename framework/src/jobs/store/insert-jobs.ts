import type { Statement } from "../../postgres/index.ts";
import type { NewJob } from "./new-job.ts";
import { NEW_COLUMNS, newRows, newRowsJson } from "./new-rows.ts";
import { perSchema } from "./per-schema.ts";
import type { Execute, StoreParts } from "./store-parts.ts";

/** The ids of new jobs, in the order of the jobs. One statement. */
export async function insertJobs(
  parts: StoreParts,
  execute: Execute,
  jobs: readonly NewJob[],
): Promise<number[]> {
  if (jobs.length === 0) return [];
  const first = jobs[0] as NewJob;
  const statement =
    isUngated(first) && jobs.every((job) => isLike(job, first))
      ? insertAlike(parts, first, jobs)
      : insertMixed(parts, jobs);
  const { rows } = await execute<{ id: number }>(statement);
  return rows.map(({ id }) => id);
}

/** Without limits, order and tenant, which may follow from the payload. */
function isUngated({ orderKey, limitKey, rateKey, tenant }: NewJob): boolean {
  return orderKey === null && limitKey === null && rateKey === null && tenant === null;
}

/** Whether the job differs from an ungated one in its payload at most. */
function isLike(job: NewJob, other: NewJob): boolean {
  return (
    job === other ||
    (job.kind === other.kind &&
      job.queue === other.queue &&
      job.priority === other.priority &&
      job.maxAttempts === other.maxAttempts &&
      job.timeoutMs === other.timeoutMs &&
      job.delayMs === other.delayMs &&
      job.runAt === other.runAt &&
      job.traceId === other.traceId &&
      job.tags === other.tags &&
      isSameOrigin(job.origin, other.origin) &&
      isUngated(job))
  );
}

/** Jobs of one run have its span each by itself; of schedules, each is the only one of its kind. */
function isSameOrigin(one: NewJob["origin"], other: NewJob["origin"]): boolean {
  if (one === other) return true;
  return one !== null && other !== null && "span" in one && "span" in other && one.span === other.span;
}

/**
 * Everything but the payloads is one parameter for all, which is what makes a batch cheap. The subselect gives out
 * the ids in the order of the payloads, and the insert returns them in that order.
 */
const alikeText = perSchema(
  (s) => `insert into ${s}._jobs
    (id, seq, queue, priority, kind, payload, max_attempts, run_at, timeout_ms, tags, origin, trace_id, enqueued_at)
  select id, id, $2, $3::smallint, $4, payload, $5::smallint,
    case when $6::float8 > 0 then coalesce($7::timestamptz, now()) + $6::float8 * interval '1 millisecond'
      when $8::timestamptz > coalesce($7::timestamptz, now()) then $8::timestamptz end,
    $9::integer, $10::text[], $11::jsonb, $12::uuid, coalesce($7::timestamptz, now())
  from (select nextval('${s}._job_ids') as id, payload from jsonb_array_elements($1::jsonb) as p (payload)) as p
  returning id`,
);

function insertAlike(parts: StoreParts, like: NewJob, jobs: readonly NewJob[]): Statement {
  return {
    text: alikeText(parts.schema),
    values: [
      // One JSON array: its elements need not be escaped once more, as those of an SQL array have to be.
      `[${jobs.map(({ payload }) => payload).join(",")}]`,
      like.queue,
      like.priority,
      like.kind,
      like.maxAttempts,
      like.delayMs,
      parts.clock(),
      like.runAt,
      like.timeoutMs,
      like.tags,
      like.origin,
      like.traceId,
    ],
  };
}

const mixedText = perSchema(
  (
    s,
  ) => `insert into ${s}._jobs (${NEW_COLUMNS}) select ${NEW_COLUMNS} from (${newRows(s)}) as n order by place
  returning id`,
);

function insertMixed(parts: StoreParts, jobs: readonly NewJob[]): Statement {
  return { text: mixedText(parts.schema), values: [newRowsJson(jobs), parts.clock()] };
}

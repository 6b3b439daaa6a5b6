import { settleDependents } from "./dependents.ts";
import type { NewJob } from "./new-job.ts";
import { NEW_COLUMNS, newRows, newRowsJson } from "./new-rows.ts";
import { perSchema } from "./per-schema.ts";
import { endedPrerequisites } from "./prerequisites.ts";
import type { Execute, StoreParts } from "./store-parts.ts";

/** Inserts jobs that are unique or wait for others. The id of each, or null where its unique key was taken. */
export async function insertSpecial(
  parts: StoreParts,
  execute: Execute,
  jobs: readonly NewJob[],
): Promise<(number | null)[]> {
  const { rows } = await execute<{ place: number; id: number }>({
    text: insertText(parts.schema),
    values: [newRowsJson(jobs), parts.clock()],
  });
  const ids = jobs.map((): number | null => null);
  for (const { place, id } of rows) ids[place - 1] = id;
  const waiting = ids.filter((id, index) => id !== null && jobs[index]?.after !== null);
  if (waiting.length > 0) {
    const ended = await endedPrerequisites(parts, execute, waiting as number[]);
    if (ended.length > 0) await settleDependents(parts, execute, ended);
  }
  return ids;
}

/**
 * Marking a prerequisite locks its row: either whoever ends it comes later and sees the mark, or it has ended before
 * and the next statement finds that out. A period is only begun by a job that is stored; the rare one that lost a
 * race for its key afterwards is put right by whoever finds the key taken.
 */
const insertText = perSchema(
  (s) => `with n as materialized (${newRows(s)}), begun as (
    insert into ${s}._job_periods as p (key, job, ends_at)
    select distinct on (unique_key) unique_key, id, enqueued_at + within_ms * interval '1 millisecond' from n
    where within_ms is not null and not exists (select from ${s}._jobs j where j.unique_key = n.unique_key)
    order by unique_key, place
    on conflict (key) do update set job = excluded.job, ends_at = excluded.ends_at
      where p.ends_at <= coalesce($2::timestamptz, now())
    returning job
  ), inserted as (
    insert into ${s}._jobs (${NEW_COLUMNS}) select ${NEW_COLUMNS} from n
    where within_ms is null or id in (select job from begun)
    order by place
    on conflict (unique_key) where unique_key is not null do nothing
    returning id
  ), wanted as (
    select (d.value ->> 'job')::bigint as depends_on, n.id as job, (d.value ->> 'settles')::boolean as settles
    from n join inserted i on i.id = n.id, jsonb_array_elements(n.dependencies) as d
  ), depend as (
    insert into ${s}._job_dependencies (depends_on, job, settles) select depends_on, job, settles from wanted
  ), marked as (
    update ${s}._jobs set has_dependents = true where id = any (array(
      select j.id from ${s}._jobs j where j.id in (select depends_on from wanted) order by j.id for update))
  ), marked_dead as (
    update ${s}._dead_jobs set has_dependents = true where id in (select depends_on from wanted)
  )
  select n.place, n.id from n join inserted i on i.id = n.id`,
);

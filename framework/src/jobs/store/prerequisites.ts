import type { EndedJob } from "./dependents.ts";
import { perSchema } from "./per-schema.ts";
import type { Execute, StoreParts } from "./store-parts.ts";

/**
 * Jobs that others still wait for although they have ended; for `waiting` only, or for all (at most a thousand). One
 * that nothing is known of ended so long ago that it is forgotten, and counts as completed.
 */
export async function endedPrerequisites(
  parts: StoreParts,
  execute: Execute,
  waiting: readonly number[] | null,
): Promise<EndedJob[]> {
  const { rows } = await execute<EndedJob>({ text: endedText(parts.schema), values: [waiting] });
  return rows;
}

const endedText = perSchema(
  (s) => `with gone as (
    select distinct d.depends_on as id from ${s}._job_dependencies d
    where ($1::bigint[] is null or d.job = any ($1::bigint[]))
      and not exists (select from ${s}._jobs j where j.id = d.depends_on)
      and (d.settles or not exists (select from ${s}._dead_jobs x where x.id = d.depends_on))
    limit 1000
  )
  select id, case when exists (select from ${s}._dead_jobs x where x.id = gone.id) then 'dead'
    else coalesce((select f.state from ${s}._finished_jobs f where f.id = gone.id order by f.finished_at desc limit 1),
      'completed') end as outcome
  from gone`,
);

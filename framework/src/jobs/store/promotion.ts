import { nextSeq } from "./job-columns.ts";
import { perSchema } from "./per-schema.ts";
import { alone, type StoreParts } from "./store-parts.ts";

export interface Promotion {
  /** Jobs that were due, including those that now wait for other jobs. */
  readonly count: number;
  readonly queues: string[];
}

/** Makes at most `limit` jobs available whose time has come. */
export async function promote(parts: StoreParts, limit: number): Promise<Promotion> {
  const { rows } = await alone(parts)<Promotion>({
    text: promoteText(parts.schema),
    values: [limit, parts.clock()],
  });
  return rows[0] as Promotion;
}

/** Guarded by _jobs_due. */
export const promoteText = perSchema(
  (s) => `with due as (
    update ${s}._jobs j set seq = ${nextSeq(s, "j")},
      run_at = case when j.dependencies_left > 0 then 'infinity'::timestamptz end
    where ctid = any (array(
      select ctid from ${s}._jobs
      where run_at <= coalesce($2::timestamptz, now()) and run_at < 'infinity'
      order by run_at limit $1 for update skip locked))
    returning queue, run_at
  )
  select count(*)::integer as count, array(select distinct queue from due where run_at is null) as queues from due`,
);

import type { Enqueued } from "../declaration.ts";
import { JobError } from "../errors.ts";
import { insertSpecial } from "./insert-special.ts";
import type { NewJob, NewUnique } from "./new-job.ts";
import { perSchema } from "./per-schema.ts";
import type { Execute, StoreParts } from "./store-parts.ts";

export interface UniqueResult {
  readonly id: number;
  readonly outcome: Enqueued["outcome"];
}

type UniqueJob = NewJob & { readonly unique: NewUnique };

/** The holder of a key can end between the insert that it kept out and the look at it, but hardly this often. */
const TRIES = 8;

/** Stores each job, or deals with the one that has its key as its policy says. */
export async function insertUnique(
  parts: StoreParts,
  execute: Execute,
  jobs: readonly NewJob[],
): Promise<Map<NewJob, UniqueResult>> {
  const results = new Map<NewJob, UniqueResult>();
  let left = jobs as readonly UniqueJob[];
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === TRIES) throw contended(parts, left[0]!);
    const ids = await insertSpecial(parts, execute, left);
    const taken: UniqueJob[] = [];
    for (const [index, job] of left.entries()) {
      const id = ids[index] ?? null;
      if (id === null) taken.push(job);
      else results.set(job, { id, outcome: "enqueued" });
    }
    if (taken.length > 0) await yieldToHolders(parts, execute, taken, results);
    left = taken.filter((job) => !results.has(job));
  }
  return results;
}

async function yieldToHolders(
  parts: StoreParts,
  execute: Execute,
  jobs: readonly UniqueJob[],
  results: Map<NewJob, UniqueResult>,
): Promise<void> {
  for (const policy of ["replace", "reschedule"] as const) {
    const changed = jobs.filter(({ unique }) => unique.onConflict === policy);
    if (changed.length === 0) continue;
    // Of several with one key the last one counts.
    const last = new Map(changed.map((job) => [job.unique.key, job]));
    const { rows } = await execute<Holder>(policyStatement(parts, policy, [...last.values()]));
    note(changed, rows, policy === "replace" ? "replaced" : "rescheduled", results);
  }
  const rest = jobs.filter((job) => !results.has(job));
  if (rest.length === 0) return;
  const { rows } = await execute<Holder>({
    text: holderText(parts.schema),
    values: [rest.map(({ unique }) => unique.key), parts.clock()],
  });
  note(rest, rows, "kept", results);
}

interface Holder {
  readonly key: string;
  readonly id: number;
}

function note(
  jobs: readonly UniqueJob[],
  holders: readonly Holder[],
  outcome: UniqueResult["outcome"],
  results: Map<NewJob, UniqueResult>,
): void {
  const ids = new Map(holders.map(({ key, id }) => [key, id]));
  for (const job of jobs) {
    const id = ids.get(job.unique.key);
    if (id !== undefined) results.set(job, { id, outcome });
  }
}

function policyStatement(parts: StoreParts, policy: "replace" | "reschedule", jobs: readonly UniqueJob[]) {
  const keys = jobs.map(({ unique }) => unique.key);
  if (policy === "replace") {
    return {
      text: replaceText(parts.schema),
      values: [keys, jobs.map(({ payload }) => payload), jobs.map(({ priority }) => priority)],
    };
  }
  return {
    text: rescheduleText(parts.schema),
    values: [keys, jobs.map(({ delayMs }) => delayMs), jobs.map(({ runAt }) => runAt), parts.clock()],
  };
}

/** What runs is left as it is. Rows are locked in the order of their keys. */
const replaceText = perSchema(
  (s) => `with n as (
    select * from unnest($1::text[], $2::jsonb[], $3::smallint[]) as n (key, payload, priority)
  ), locked as (
    select j.id from ${s}._jobs j where j.unique_key in (select key from n) order by j.unique_key for update
  )
  update ${s}._jobs j set payload = n.payload, priority = n.priority
  from n, locked l where j.unique_key = n.key and j.id = l.id and j.worker is null
  returning n.key, j.id`,
);

const rescheduleText = perSchema(
  (s) => `with n as (
    select * from unnest($1::text[], $2::float8[], $3::timestamptz[]) as n (key, delay_ms, run_at)
  ), locked as (
    select j.id from ${s}._jobs j where j.unique_key in (select key from n) order by j.unique_key for update
  )
  update ${s}._jobs j set run_at = coalesce(
    case when n.delay_ms > 0 then coalesce($4::timestamptz, now()) + n.delay_ms * interval '1 millisecond'
      when n.run_at > coalesce($4::timestamptz, now()) then n.run_at end,
    case when j.dependencies_left > 0 then 'infinity'::timestamptz end)
  from n, locked l where j.unique_key = n.key and j.id = l.id and j.worker is null
  returning n.key, j.id`,
);

/**
 * Who has the keys: an unfinished job, or else the one that began a period that still runs. A period that was begun
 * for a job which then found its key taken ends at once.
 */
const holderText = perSchema(
  (s) => `with holder as (
    select unique_key as key, id from ${s}._jobs where unique_key = any ($1::text[])
  ), ended as (
    delete from ${s}._job_periods p using holder h where p.key = h.key and p.job > h.id
  )
  select key, id from holder
  union all select p.key, p.job from ${s}._job_periods p
  where p.key = any ($1::text[]) and p.ends_at > coalesce($2::timestamptz, now())
    and p.key not in (select key from holder)`,
);

function contended(parts: StoreParts, job: UniqueJob): JobError {
  return new JobError(
    "ASHLAR_JOB_CONTENDED",
    `${parts.module}.${job.kind}`,
    `Whether ${parts.module}.${job.kind} is unique could not be settled: jobs with its key come and go too fast. Try again.`,
  );
}

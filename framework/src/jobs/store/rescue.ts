import { settleDependents } from "./dependents.ts";
import { endedOf, type FailedRow, settleHeldText, wakeOf } from "./failures.ts";
import { limitsOf, lockKeys, unpark } from "./gates.ts";
import { perSchema } from "./per-schema.ts";
import { type Settled, union } from "./settle.ts";
import type { Execute, StoreParts } from "./store-parts.ts";

/** A job that was in flight in this many processes as they died is taken for their killer. */
const MOST_CRASHES = 3;

/**
 * Takes a worker's jobs away from it. A crash is not counted as an attempt: most of the jobs had not begun. To be
 * run in a transaction, in which the worker's row goes as well.
 */
export async function expel(parts: StoreParts, execute: Execute, worker: number): Promise<Settled> {
  const { rows: held } = await execute<{ key: string }>({
    text: permitsText(parts.schema),
    values: [worker],
  });
  if (held.length > 0)
    await lockKeys(
      parts,
      execute,
      held.map(({ key }) => key),
    );
  const { rows } = await execute<FailedRow>({
    text: expelText(parts.schema),
    values: [worker, parts.clock(), MOST_CRASHES],
  });
  await execute({ text: freeText(parts.schema), values: [worker] });
  const turns = new Set(rows.flatMap(({ orderKey }) => (orderKey === null ? [] : [orderKey])));
  const wake = await unpark(parts, execute, limitsOf(parts, rows), [...turns]);
  const ended = endedOf(rows);
  const told = ended.length === 0 ? [] : await settleDependents(parts, execute, ended);
  return { lost: [], wake: union(wakeOf(rows), wake, told) };
}

const permitsText = perSchema(
  (s) => `select distinct limit_key as key from ${s}._job_permits where worker = $1`,
);
const freeText = perSchema((s) => `delete from ${s}._job_permits where worker = $1`);

/** No index knows the worker, or claims would not be HOT, so this reads all jobs that are available or run. */
const expelText = perSchema(
  (s) => `with held as (
    select j.id, j.worker, 'ASHLAR_JOB_CRASHED' as code, 1 as died,
      'The process that ran it was not heard of any more.' as message,
      case when exists (select from ${s}._job_cancellations c where c.job = j.id) then 'cancelled'
        when j.crashes + 1 >= $3 then 'dead' else 'retried' end as outcome,
      coalesce($2::timestamptz, now()) as at
    from ${s}._jobs j where j.run_at is null and j.worker = $1 for update of j
  ), ${settleHeldText(s, {
    retried: "attempt = j.attempt - 1, crashes = j.crashes + 1, run_at = null",
    isAvailable: "true",
  })}`,
);

import type { AnyJob, EnqueueOptions, JobId } from "../declaration.ts";
import { JobError } from "../errors.ts";

/** A job that a new one waits for. */
export interface NewDependency {
  readonly job: number;
  /** It need only end, however it ends; otherwise it must complete. */
  readonly settles: boolean;
}

/** Null when the job waits for none. A job named in both `after` and `afterEnd` must complete. */
export function dependenciesOf(job: AnyJob, options: EnqueueOptions): NewDependency[] | null {
  const settles = new Map<number, boolean>();
  for (const id of options.afterEnd ?? []) settles.set(numberOf(job, id), true);
  for (const id of options.after ?? []) settles.set(numberOf(job, id), false);
  return settles.size === 0 ? null : [...settles].map(([id, each]) => ({ job: id, settles: each }));
}

function numberOf(job: AnyJob, id: JobId): number {
  const colon = id.lastIndexOf(":");
  const number = Number(id.slice(colon + 1));
  if (id.slice(0, colon) === job.module && Number.isSafeInteger(number) && number > 0) return number;
  throw new JobError(
    "ASHLAR_JOB_OPTIONS_INVALID",
    job.id,
    `${job.id} cannot wait for ${JSON.stringify(id)}: only for jobs of its own module, by ids as enqueue returned them.`,
  );
}

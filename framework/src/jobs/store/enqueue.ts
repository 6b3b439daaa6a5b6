import type { Enqueued } from "../declaration.ts";
import { insertJobs } from "./insert-jobs.ts";
import { insertSpecial } from "./insert-special.ts";
import type { NewJob } from "./new-job.ts";
import type { Execute, StoreParts } from "./store-parts.ts";
import { insertUnique } from "./unique-jobs.ts";

/**
 * Stores jobs, in the order given. Plain ones are one statement; unique ones and those that wait for others are
 * further ones, so jobs that stand or fall together are to be enqueued in a transaction.
 */
export async function enqueue(
  parts: StoreParts,
  execute: Execute,
  jobs: readonly NewJob[],
): Promise<Enqueued[]> {
  if (jobs.every(isPlain)) {
    const ids = await insertJobs(parts, execute, jobs);
    return ids.map((id) => enqueued(parts, id, "enqueued"));
  }
  const results = new Map<NewJob, Enqueued>();
  const plain = jobs.filter(isPlain);
  for (const [index, id] of (await insertJobs(parts, execute, plain)).entries()) {
    results.set(plain[index] as NewJob, enqueued(parts, id, "enqueued"));
  }
  const rest = jobs.filter((job) => !isPlain(job));
  const unique = rest.filter(({ unique }) => unique !== null);
  for (const [job, { id, outcome }] of await insertUnique(parts, execute, unique)) {
    results.set(job, enqueued(parts, id, outcome));
  }
  const waiting = rest.filter(({ unique }) => unique === null);
  if (waiting.length > 0) {
    // None of them can be kept out by a key, so each has an id.
    for (const [index, id] of (await insertSpecial(parts, execute, waiting)).entries()) {
      results.set(waiting[index] as NewJob, enqueued(parts, id as number, "enqueued"));
    }
  }
  return jobs.map((job) => results.get(job) as Enqueued);
}

export function isPlain({ unique, after }: NewJob): boolean {
  return unique === null && after === null;
}

function enqueued(parts: StoreParts, id: number, outcome: Enqueued["outcome"]): Enqueued {
  return { id: `${parts.module}:${id}`, outcome };
}

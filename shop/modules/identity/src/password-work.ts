import { HashQueue } from "./hash-queue.ts";
import { DEFAULT_COST, type HashCost } from "./password-hash.ts";

const AT_A_TIME = 2;
/** About three seconds of work. Who would have to wait longer is better told so at once. */
const MOST_WAITING = 100;
/** What must be left of a request's time when its turn comes: two hashes and the statements around them. */
const RESERVED_MS = 1_000;

export const RETRY_AFTER_SECONDS = 5;

/** One queue for the process: what it protects, cores and memory, is the process's too. */
const queue = new HashQueue(AT_A_TIME, MOST_WAITING);

/**
 * Runs the part of a use case that hashes passwords, in its turn. Call it before the first statement: otherwise
 * the wait holds a connection.
 */
export function passwordWork<T>(
  { deadline, refuse }: { readonly deadline: number; readonly refuse: () => never },
  work: () => Promise<T>,
): Promise<T> {
  return queue.run({ latestStart: deadline - RESERVED_MS, refuse }, work);
}

export function costOf(settings: {
  readonly passwordMemoryKiB?: number;
  readonly passwordPasses?: number;
}): HashCost {
  return {
    memoryKiB: settings.passwordMemoryKiB ?? DEFAULT_COST.memoryKiB,
    passes: settings.passwordPasses ?? DEFAULT_COST.passes,
  };
}

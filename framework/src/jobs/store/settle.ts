import type { ClaimedJob } from "../attempt.ts";
import { type EndedJob, settleDependents } from "./dependents.ts";
import { freePermits, lockGates } from "./gates.ts";
import { alone, type Execute, type StoreParts, together } from "./store-parts.ts";

/** What became of jobs that a worker held. */
export interface Settled {
  /** Jobs that the worker did not hold any more; nothing was written for them. */
  readonly lost: readonly number[];
  /** Queues in which jobs have become available. */
  readonly wake: readonly string[];
}

/** What a statement that settles jobs reports. */
export interface Written {
  /** Ended jobs that others wait for. */
  readonly ended: readonly EndedJob[];
  readonly lost: readonly number[];
  readonly wake: readonly string[];
}

export const NOTHING_SETTLED: Settled = Object.freeze({ lost: [], wake: [] });

/** Whether it holds permits that others may be waiting for. A rate is used up by the start and gives nothing back. */
export function isHolding(job: Pick<ClaimedJob, "orderKey" | "limitKey">): boolean {
  return job.orderKey !== null || job.limitKey !== null;
}

/**
 * Settles jobs by `write`, which is given those under limits apart from the rest: these stand or fall with their
 * permits, in a transaction; the rest is a single statement, and only those with dependents cost another one.
 */
export async function settle<Each extends { readonly job: ClaimedJob }>(
  parts: StoreParts,
  all: readonly Each[],
  write: (execute: Execute, some: readonly Each[]) => Promise<Written>,
): Promise<Settled> {
  const holding = all.filter(({ job }) => isHolding(job));
  const free = holding.length === 0 ? all : all.filter(({ job }) => !isHolding(job));
  const settled: Settled[] = [];
  if (free.length > 0) {
    const written = await write(alone(parts), free);
    settled.push(await settleRest(parts, written));
  }
  if (holding.length > 0) {
    settled.push(
      await together(parts, (execute) =>
        settleHolding(
          parts,
          execute,
          holding.map(({ job }) => job),
          () => write(execute, holding),
        ),
      ),
    );
  }
  return settled.length === 1 ? settled[0]! : merged(settled);
}

/** Should the process die before the dependents are told, the sweep tells them. */
async function settleRest(parts: StoreParts, written: Written): Promise<Settled> {
  if (written.ended.length === 0) return { lost: written.lost, wake: written.wake };
  const wake = await together(parts, (execute) => settleDependents(parts, execute, written.ended));
  return { lost: written.lost, wake: union(written.wake, wake) };
}

/** Within a transaction: locks the gates first, as admission does, so that no job is parked unseen. */
export async function settleHolding(
  parts: StoreParts,
  execute: Execute,
  jobs: readonly ClaimedJob[],
  write: () => Promise<Written>,
): Promise<Settled> {
  await lockGates(parts, execute, jobs);
  const written = await write();
  const lost = new Set(written.lost);
  const wake = [
    written.wake,
    await freePermits(
      parts,
      execute,
      jobs.filter(({ id }) => !lost.has(id)),
    ),
    written.ended.length === 0 ? [] : await settleDependents(parts, execute, written.ended),
  ];
  return { lost: written.lost, wake: union(...wake) };
}

export function merged(all: readonly Settled[]): Settled {
  return { lost: all.flatMap(({ lost }) => lost), wake: union(...all.map(({ wake }) => wake)) };
}

export function union(...lists: readonly (readonly string[])[]): readonly string[] {
  const filled = lists.filter((list) => list.length > 0);
  return filled.length <= 1 ? (filled[0] ?? []) : [...new Set(filled.flat())];
}

import type { Execute } from "../store/store-parts.ts";
import { JOB_STATES, type JobFilter, type JobState } from "./job-filter.ts";
import type { BoundedCount, ListedJob } from "./job-listing.ts";
import {
  cursorOf,
  isOf,
  type Part,
  type Progress,
  partsOf,
  readCursor,
  TABLES,
  tableOf,
} from "./job-parts.ts";
import { countIn, endsOf, findIn } from "./job-slices.ts";
import { type Direction, directionOf } from "./job-window.ts";
import { type LookingBounds, LookingBudget } from "./looking-budget.ts";

export interface JobSearch extends LookingBounds {
  readonly limit: number;
  /** As the page before has named it. */
  readonly after: string | null;
}

export interface FoundJobs {
  readonly jobs: readonly ListedJob[];
  /** Where to go on; null after the last job. */
  readonly next: string | null;
  /** How many jobs were looked at for this page. With fewer jobs than its limit and a `next`, the bound ended it. */
  readonly lookedAt: number;
}

export interface CountBounds extends LookingBounds {
  readonly atMost: number;
}

/** A count that also ends after so many jobs were looked at. */
export interface SearchedCount extends BoundedCount {
  /** Null when all were looked at, or the count reached its bound. */
  readonly amongNewest: number | null;
  /** The same, of the jobs in these states only. */
  inStates(states: readonly JobState[]): BoundedCount;
}

/**
 * The jobs of a filter, dead ones first, without ever reading through a table: a page looks at no more than so many
 * jobs, of each table a share, and the next one goes on from there.
 */
export async function searchJobs(
  execute: Execute,
  modules: readonly string[],
  filter: JobFilter,
  { limit, after, ...bounds }: JobSearch,
): Promise<FoundJobs> {
  const progress = after === null ? new Map<string, Progress>() : readCursor(after);
  const parts = partsOf(modules, filter);
  const budget = new LookingBudget(bounds);
  const direction = directionOf(filter);
  const jobs: ListedJob[] = [];
  for (const slices of budget.slices(parts, progress)) {
    const found = await findIn(execute, slices, { filter }, limit + 1 - jobs.length);
    jobs.push(...found);
    if (jobs.length > limit) {
      // The one too many tells that there is a next page. Each part goes on behind what is shown of it.
      const shown = jobs.slice(0, limit);
      for (const { part } of slices) {
        const last = shown.findLast((job) => isOf(job, part));
        if (last !== undefined) progress.set(part.key, numberOf(last));
      }
      const lookedAt = budget.lookedAt + found.length;
      return { jobs: inOrder(shown, direction), next: cursorOf(progress), lookedAt };
    }
    for (const [index, end] of (await endsOf(execute, slices, { filter })).entries()) {
      progress.set(slices[index]!.part.key, end.last ?? "ended");
      budget.spend(end.count);
    }
  }
  const isOver = parts.every(({ key }) => progress.get(key) === "ended");
  return {
    jobs: inOrder(jobs, direction),
    next: isOver ? null : cursorOf(progress),
    lookedAt: budget.lookedAt,
  };
}

/**
 * Counts to the bound in each table, and among no more than so many of the newest jobs. `states` narrows the filter
 * further.
 */
export async function countFound(
  execute: Execute,
  modules: readonly string[],
  filter: JobFilter,
  { atMost, states, ...bounds }: CountBounds & { readonly states?: readonly JobState[] },
): Promise<SearchedCount> {
  const parts = partsOf(modules, filter, states);
  const budget = new LookingBudget(bounds);
  const progress = new Map<string, Progress>();
  const counts = new Map<JobState, number>();
  const countOf = (wanted: readonly JobState[]) =>
    wanted.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
  /** Enough of its table is counted. */
  const isOpen = ({ table }: Part) => countOf(JOB_STATES.filter((each) => tableOf(each) === table)) < atMost;
  for (const slices of budget.slices(parts, progress, isOpen)) {
    const found = await countIn(execute, slices, { filter, states }, atMost);
    const full = new Set<number>();
    const sums = slices.map(() => 0);
    for (const { slice, state, count } of found) {
      counts.set(state, (counts.get(state) ?? 0) + count);
      sums[slice]! += count;
      if (sums[slice]! >= atMost) full.add(slice);
    }
    for (const [index, end] of (await endsOf(execute, slices, { filter, states })).entries()) {
      if (!full.has(index)) progress.set(slices[index]!.part.key, end.last ?? "ended");
      budget.spend(end.count);
    }
  }
  /** The tables in which there may be more. */
  const cut = new Set(parts.filter(({ key }) => progress.get(key) !== "ended").map(({ table }) => table));
  const inStates = (wanted: readonly JobState[]): BoundedCount => {
    const count = countOf(wanted);
    return {
      count: Math.min(count, atMost),
      isAtLeast: count > atMost || wanted.some((state) => cut.has(tableOf(state))),
    };
  };
  const all = inStates(JOB_STATES);
  return { ...all, amongNewest: all.isAtLeast && all.count < atMost ? budget.lookedAt : null, inStates };
}

/** As lists have it, in however many rounds they were found. */
function inOrder(jobs: readonly ListedJob[], direction: Direction): ListedJob[] {
  const sign = direction === "newest" ? -1 : 1;
  const rank = ({ state }: ListedJob) => TABLES.indexOf(tableOf(state));
  return jobs.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.module === b.module ? sign * (numberOf(a) - numberOf(b)) : a.module < b.module ? -1 : 1),
  );
}

function numberOf({ id }: ListedJob): number {
  return Number(id.slice(id.lastIndexOf(":") + 1));
}

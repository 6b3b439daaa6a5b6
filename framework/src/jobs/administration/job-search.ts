import { JobError } from "../errors.ts";
import type { Execute } from "../store/store-parts.ts";
import {
  type Conditions,
  conditionsOf,
  JOB_STATES,
  type JobFilter,
  type JobState,
  type JobTable,
  STATE_SQL,
  statesOf,
} from "./job-filter.ts";
import { type BoundedCount, type ListedJob, listedColumns } from "./job-listing.ts";
import { directionOf, type Window, windowOf } from "./job-window.ts";

export interface JobSearch {
  readonly limit: number;
  /** As the page before has named it. */
  readonly after: string | null;
  /** Jobs that one page looks at, at most. */
  readonly lookAtMost: number;
}

export interface FoundJobs {
  readonly jobs: readonly ListedJob[];
  /** Where to go on; null after the last job. */
  readonly next: string | null;
  /** How many jobs were looked at for this page. With fewer jobs than its limit and a `next`, the bound ended it. */
  readonly lookedAt: number;
}

/** A count that also ends after so many jobs were looked at. */
export interface SearchedCount extends BoundedCount {
  /** Null when all were looked at, or the count reached its bound. */
  readonly amongNewest: number | null;
  /** The same, of the jobs in these states only. */
  inStates(states: readonly JobState[]): BoundedCount;
}

/** How far a search has got in one table: the last id that it has looked at, or that there is nothing left. */
type Progress = number | "ended";

interface Part {
  readonly module: string;
  readonly table: JobTable;
  /** `dead.billing`. */
  readonly key: string;
}

/** What somebody looks for first. */
const TABLES: readonly JobTable[] = ["_dead_jobs", "_jobs", "_finished_jobs"];
const LETTERS = { _dead_jobs: "d", _jobs: "u", _finished_jobs: "f" } as const;
/** However many parts there are, each gets so many rows. */
const LEAST_SHARE = 500;

/**
 * The jobs of a filter, dead ones first, without ever reading through a table: a page looks at no more than so many
 * jobs, of each table a share, and the next one goes on from there.
 */
export async function searchJobs(
  execute: Execute,
  modules: readonly string[],
  filter: JobFilter,
  { limit, after, lookAtMost }: JobSearch,
): Promise<FoundJobs> {
  const progress = after === null ? new Map<string, Progress>() : readCursor(after);
  const parts = partsOf(modules, filter).filter(({ key }) => progress.get(key) !== "ended");
  const jobs: ListedJob[] = [];
  let lookedAt = 0;
  for (const [index, part] of parts.entries()) {
    const share = shareOf(lookAtMost - lookedAt, parts.length - index);
    const from = (progress.get(part.key) as number | undefined) ?? null;
    const found = await findIn(execute, part, filter, { from, share, limit: limit + 1 - jobs.length });
    jobs.push(...found);
    if (jobs.length > limit) {
      // The one too many tells that there is a next page. Its part goes on behind what is shown of it.
      const shown = jobs.slice(0, limit).filter((job) => isOf(job, part));
      const last = shown.at(-1);
      if (last !== undefined) progress.set(part.key, numberOf(last));
      return { jobs: jobs.slice(0, limit), next: cursorOf(progress), lookedAt: lookedAt + found.length };
    }
    const end = await endOf(execute, part, filter, { from, share });
    progress.set(part.key, end.last ?? "ended");
    lookedAt += end.count;
  }
  const isOver = parts.every(({ key }) => progress.get(key) === "ended");
  return { jobs, next: isOver ? null : cursorOf(progress), lookedAt };
}

/**
 * Counts to the bound, and among no more than so many of the newest jobs of each table. `states` narrows the filter
 * further.
 */
export async function countFound(
  execute: Execute,
  modules: readonly string[],
  filter: JobFilter,
  bounds: { readonly atMost: number; readonly lookAtMost: number; readonly states?: readonly JobState[] },
): Promise<SearchedCount> {
  const { atMost, lookAtMost, states } = bounds;
  const parts = partsOf(modules, filter, states);
  const counts = new Map<JobState, number>();
  /** The tables in which there may be more. */
  const cut = new Set<JobTable>();
  let lookedAt = 0;
  for (const [index, part] of parts.entries()) {
    const share = shareOf(lookAtMost - lookedAt, parts.length - index);
    const found = await countIn(execute, part, filter, { share, atMost, states });
    let sum = 0;
    for (const { state, count } of found) {
      counts.set(state, (counts.get(state) ?? 0) + count);
      sum += count;
    }
    const end = await endOf(execute, part, filter, { from: null, share }, states);
    lookedAt += end.count;
    if (sum >= atMost || end.last !== null) cut.add(part.table);
  }
  const inStates = (wanted: readonly JobState[]): BoundedCount => {
    const count = wanted.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
    return {
      count: Math.min(count, atMost),
      isAtLeast: count > atMost || wanted.some((state) => cut.has(tableOf(state))),
    };
  };
  const all = inStates(JOB_STATES);
  return { ...all, amongNewest: all.isAtLeast && all.count < atMost ? lookedAt : null, inStates };
}

async function countIn(
  execute: Execute,
  part: Part,
  filter: JobFilter,
  bounds: {
    readonly share: number;
    readonly atMost: number;
    readonly states?: readonly JobState[] | undefined;
  },
): Promise<{ readonly state: JobState; readonly count: number }[]> {
  const conditions = conditionsOf(filter, part.module, part.table, bounds.states)!;
  const { text, values } = joined(windowIn(part, filter, null, bounds.states), conditions, bounds.share);
  const { rows } = await execute<{ state: JobState; count: number }>({
    text: `select state, count(*)::integer as count
      from (
        select ${STATE_SQL[part.table]} as state from (${text}) j where ${conditions.text}
        limit $${values.length + 1}
      ) counted group by state`,
    values: [...values, bounds.atMost],
  });
  return rows;
}

function partsOf(modules: readonly string[], filter: JobFilter, states?: readonly JobState[]): Part[] {
  return TABLES.flatMap((table) =>
    [...modules]
      .sort()
      .filter((module) => conditionsOf(filter, module, table, states) !== null)
      .map((module) => ({ module, table, key: `${LETTERS[table]}.${module}` })),
  );
}

function shareOf(left: number, parts: number): number {
  return Math.max(LEAST_SHARE, Math.floor(left / parts));
}

function windowIn(
  { module, table }: Part,
  filter: JobFilter,
  from: number | null,
  states?: readonly JobState[],
) {
  return windowOf(filter, module, table, {
    direction: directionOf(filter),
    from,
    states: statesOf(filter, table, states),
  });
}

/** The window's statement with the values of both, the conditions' own first, since their text counts from 1. */
function joined(window: Window, conditions: Conditions, share: number) {
  const shift = conditions.values.length;
  const from = window.from.replaceAll(/\$(\d+)/g, (_, number) => `$${Number(number) + shift}`);
  const values = [...conditions.values, ...window.conditions.values, share];
  return { text: `select j.* ${from} order by ${window.order} limit $${values.length}`, values };
}

async function findIn(
  execute: Execute,
  part: Part,
  filter: JobFilter,
  { from, share, limit }: { from: number | null; share: number; limit: number },
): Promise<ListedJob[]> {
  const conditions = conditionsOf(filter, part.module, part.table)!;
  const window = windowIn(part, filter, from);
  const { text, values } = joined(window, conditions, share);
  const { rows } = await execute<Omit<ListedJob, "module">>({
    // Not materialised: it ends with the last row that is wanted.
    text: `select ${listedColumns(part.module, part.table)}
      from (${text}) j where ${conditions.text} order by ${window.order} limit $${values.length + 1}`,
    values: [...values, limit],
  });
  return rows.map((row) => ({ module: part.module, ...row }));
}

/** How many rows the window holds, and the last of them if there are more behind it. */
async function endOf(
  execute: Execute,
  part: Part,
  filter: JobFilter,
  { from, share }: { from: number | null; share: number },
  states?: readonly JobState[],
): Promise<{ count: number; last: number | null }> {
  const window = windowIn(part, filter, from, states);
  const { rows } = await execute<{ count: number; last: number | null }>({
    text: `select count(*)::integer as count, ${directionOf(filter) === "newest" ? "min" : "max"}(id) as last
      from (select j.id ${window.from} order by ${window.order} limit $${window.conditions.values.length + 1}) seen`,
    values: [...window.conditions.values, share],
  });
  const { count, last } = rows[0]!;
  return { count, last: count < share ? null : last };
}

function isOf({ module, state }: ListedJob, part: Part): boolean {
  return module === part.module && part.table === tableOf(state);
}

function tableOf(state: JobState): JobTable {
  return state === "dead"
    ? "_dead_jobs"
    : state === "completed" || state === "cancelled"
      ? "_finished_jobs"
      : "_jobs";
}

function numberOf({ id }: ListedJob): number {
  return Number(id.slice(id.lastIndexOf(":") + 1));
}

/** `d.billing.0~u.billing.4711`: the tables that it has begun, 0 for those that are over. */
function cursorOf(progress: ReadonlyMap<string, Progress>): string {
  return [...progress].map(([key, at]) => `${key}.${at === "ended" ? 0 : at}`).join("~") || "-";
}

function readCursor(cursor: string): Map<string, Progress> {
  const progress = new Map<string, Progress>();
  if (cursor === "-") return progress;
  for (const each of cursor.split("~")) {
    const match = /^([duf]\.[a-z][a-z0-9_]*)\.([0-9]{1,15})$/.exec(each);
    if (match === null) {
      throw new JobError(
        "ASHLAR_JOB_CURSOR_INVALID",
        cursor,
        `${JSON.stringify(cursor)} is no cursor of a list of jobs.`,
      );
    }
    const number = Number(match[2]);
    progress.set(match[1]!, number === 0 ? "ended" : number);
  }
  return progress;
}

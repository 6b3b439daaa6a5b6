import pg from "pg";
import { JobError } from "../errors.ts";
import type { Execute } from "../store/store-parts.ts";
import {
  conditionsOf,
  JOB_TABLES,
  type JobFilter,
  type JobState,
  type JobTable,
  SINCE_SQL,
  STATE_SQL,
  splitJobId,
} from "./job-filter.ts";

export interface ListedJob {
  /** `<module>:<number>`. */
  readonly id: string;
  readonly module: string;
  readonly queue: string;
  readonly kind: string;
  readonly state: JobState;
  readonly priority: number;
  readonly attempt: number;
  /** Null for jobs of the past, which have no more attempts. */
  readonly maxAttempts: number | null;
  /** When it is due; null unless it is scheduled or retryable. */
  readonly runAt: Date | null;
  /** When it ended or, while it has not, when it was enqueued. */
  readonly since: Date;
  /** By the database's clock. */
  readonly ageMs: number;
  readonly tenant: string | null;
  readonly tags: readonly string[];
  readonly lastError: { readonly code: string; readonly message: string; readonly attempt: number } | null;
}

export interface JobPage {
  readonly jobs: readonly ListedJob[];
  /** Where the next page begins; null after the last job. */
  readonly next: string | null;
}

/** A number of jobs that was not counted beyond a bound. */
export interface BoundedCount {
  readonly count: number;
  /** There are at least so many. */
  readonly isAtLeast: boolean;
}

/** The place of a job in lists: module by module, in each the unfinished, the dead, the past, newest first. */
interface Place {
  readonly module: string;
  readonly table: JobTable;
  readonly below: number;
}

/** A page costs what it shows: each part of it is read from the end of an index. */
export async function listJobs(
  execute: Execute,
  modules: readonly string[],
  filter: JobFilter,
  page: { readonly limit: number; readonly after: string | null },
): Promise<JobPage> {
  const start = page.after === null ? null : readCursor(page.after);
  const jobs: ListedJob[] = [];
  for (const { module, table } of partsFrom(modules, start)) {
    const below = start?.module === module && start.table === table ? start.below : null;
    // One more than wanted tells whether there is a next page.
    jobs.push(...(await readPart(execute, module, table, filter, below, page.limit + 1 - jobs.length)));
    if (jobs.length > page.limit) break;
  }
  if (jobs.length <= page.limit) return { jobs, next: null };
  return { jobs: jobs.slice(0, page.limit), next: cursorAfter(jobs[page.limit - 1]!) };
}

/** Counts to the bound and no further, so that it stays quick over millions of finished jobs. */
export async function countJobs(
  execute: Execute,
  modules: readonly string[],
  filter: JobFilter,
  options: { readonly atMost: number; readonly states?: readonly JobState[] },
): Promise<BoundedCount> {
  let count = 0;
  for (const { module, table } of partsFrom(modules, null)) {
    const conditions = conditionsOf(filter, module, table, options.states);
    if (conditions === null) continue;
    const { rows } = await execute<{ count: number }>({
      text: `select count(*)::integer as count from (
          select from ${pg.escapeIdentifier(module)}.${table} where ${conditions.text}
          limit $${conditions.values.length + 1}
        ) as counted`,
      values: [...conditions.values, options.atMost - count],
    });
    count += rows[0]!.count;
    if (count >= options.atMost) return { count, isAtLeast: true };
  }
  return { count, isAtLeast: false };
}

function partsFrom(modules: readonly string[], start: Place | null): { module: string; table: JobTable }[] {
  const parts = [...modules].sort().flatMap((module) => JOB_TABLES.map((table) => ({ module, table })));
  if (start === null) return parts;
  return parts.filter(
    ({ module, table }) =>
      module > start.module ||
      (module === start.module && JOB_TABLES.indexOf(table) >= JOB_TABLES.indexOf(start.table)),
  );
}

async function readPart(
  execute: Execute,
  module: string,
  table: JobTable,
  filter: JobFilter,
  below: number | null,
  limit: number,
): Promise<ListedJob[]> {
  const conditions = conditionsOf(filter, module, table);
  if (conditions === null) return [];
  if (below !== null) conditions.add(below, (given) => `id < ${given}`);
  const { rows } = await execute<Omit<ListedJob, "module">>({
    text: `select ${listedColumns(module, table)}
      from ${pg.escapeIdentifier(module)}.${table} j where ${conditions.text}
      order by j.id desc limit $${conditions.values.length + 1}`,
    values: [...conditions.values, limit],
  });
  return rows.map((row) => ({ module, ...row }));
}

/** What a list shows of the rows of a table. */
export function listedColumns(module: string, table: JobTable): string {
  return `${pg.escapeLiteral(`${module}:`)} || id as id, queue, kind, ${STATE_SQL[table]} as state, priority, attempt,
        ${table === "_finished_jobs" ? "null::integer" : "max_attempts"} as "maxAttempts",
        ${table === "_jobs" ? "case when worker is null and run_at < 'infinity' then run_at end" : "null::timestamptz"} as "runAt",
        ${SINCE_SQL[table]} as since, extract(epoch from now() - ${SINCE_SQL[table]})::float8 * 1000 as "ageMs",
        tenant, coalesce(tags, '{}') as tags, errors -> -1 as "lastError"`;
}

function cursorAfter({ id, module, state }: ListedJob): string {
  const table = state === "dead" ? "d" : state === "completed" || state === "cancelled" ? "f" : "u";
  return `${table}.${module}.${splitJobId(id)![1]}`;
}

function readCursor(cursor: string): Place {
  const match = /^([udf])\.([a-z][a-z0-9_]*)\.([0-9]{1,15})$/.exec(cursor);
  if (match === null) {
    throw new JobError(
      "ASHLAR_JOB_CURSOR_INVALID",
      cursor,
      `${JSON.stringify(cursor)} is no cursor of a list of jobs.`,
    );
  }
  const table = ({ u: "_jobs", d: "_dead_jobs", f: "_finished_jobs" } as const)[match[1] as "u" | "d" | "f"];
  return { module: match[2]!, table, below: Number(match[3]) };
}

import { JobError } from "../errors.ts";
import { conditionsOf, type JobFilter, type JobState, type JobTable } from "./job-filter.ts";
import type { ListedJob } from "./job-listing.ts";

/** The jobs of one module in one table. */
export interface Part {
  readonly module: string;
  readonly table: JobTable;
  /** `d.billing`. */
  readonly key: string;
}

/** How far a search has got in one part: the last id that it has looked at, or that there is nothing left. */
export type Progress = number | "ended";

/** What somebody looks for first. */
export const TABLES: readonly JobTable[] = ["_dead_jobs", "_jobs", "_finished_jobs"];
const LETTERS = { _dead_jobs: "d", _jobs: "u", _finished_jobs: "f" } as const;

/** Those that may have jobs of the filter, in the order of lists. */
export function partsOf(modules: readonly string[], filter: JobFilter, states?: readonly JobState[]): Part[] {
  return TABLES.flatMap((table) =>
    [...modules]
      .sort()
      .filter((module) => conditionsOf(filter, module, table, states) !== null)
      .map((module) => ({ module, table, key: `${LETTERS[table]}.${module}` })),
  );
}

export function isOf({ module, state }: ListedJob, part: Part): boolean {
  return module === part.module && part.table === tableOf(state);
}

export function tableOf(state: JobState): JobTable {
  if (state === "dead") return "_dead_jobs";
  return state === "completed" || state === "cancelled" ? "_finished_jobs" : "_jobs";
}

/** `d.billing.0~u.billing.4711`: the parts that it has begun, 0 for those that are over. */
export function cursorOf(progress: ReadonlyMap<string, Progress>): string {
  return [...progress].map(([key, at]) => `${key}.${at === "ended" ? 0 : at}`).join("~") || "-";
}

export function readCursor(cursor: string): Map<string, Progress> {
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

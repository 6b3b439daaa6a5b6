import type { JobState, ListedJob } from "ashlar/jobs";
import { age } from "../durations.ts";
import { type Column, table } from "../table.ts";

const STYLES = {
  dead: "red",
  running: "green",
  retryable: "yellow",
  completed: "dim",
  cancelled: "dim",
} as const satisfies Partial<Record<JobState, string>>;

export function styleOfState(state: string) {
  return (STYLES as Readonly<Record<string, (typeof STYLES)[keyof typeof STYLES]>>)[state];
}

const COLUMNS: readonly Column<ListedJob>[] = [
  { title: "JOB", cell: ({ id }) => id },
  { title: "STATE", cell: ({ state }) => state, style: ({ state }) => styleOfState(state) },
  { title: "KIND", cell: ({ kind }) => kind },
  { title: "QUEUE", cell: ({ queue }) => queue },
  {
    title: "TRY",
    cell: ({ attempt, maxAttempts }) => `${attempt}${maxAttempts === null ? "" : `/${maxAttempts}`}`,
  },
  { title: "AGE", cell: ({ ageMs }) => age(ageMs), align: "right" },
  {
    title: "LAST ERROR",
    gives: true,
    cell: ({ lastError }) => (lastError === null ? "" : `${lastError.code}: ${lastError.message}`),
  },
];

export function jobTable(jobs: readonly ListedJob[]): string {
  return table(jobs, COLUMNS);
}

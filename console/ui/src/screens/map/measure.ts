import type { MapEdge, MapModule } from "../../../../api/map.ts";
import type { Work } from "../../../../api/work.ts";
import { formatDuration, formatRate, formatShare, type UrlFilters } from "../../elements/index.ts";

/** What the picture shows in large, and what its tables are ordered by. */
export type Measure = "rate" | "p99" | "errors" | "database";

export const MEASURES: readonly { readonly value: Measure; readonly label: string }[] = [
  { value: "rate", label: "Rate" },
  { value: "p99", label: "p99" },
  { value: "errors", label: "Failed" },
  { value: "database", label: "Database time" },
];

export function measureIn(filters: UrlFilters): Measure {
  const given = filters.get("measure");
  return MEASURES.find(({ value }) => value === given)?.value ?? "rate";
}

/** Null where it is not known. */
export function amountOf({ work, database }: MapModule, measure: Measure): number | null {
  return measure === "database" ? (database?.share ?? null) : amountOfWork(work, measure);
}

/** Lines have no time in the database of their own; they show their rate instead. */
export function amountOfEdge({ work }: MapEdge, measure: Measure): number | null {
  return work === null ? null : amountOfWork(work, measure === "database" ? "rate" : measure);
}

/** As it stands in the picture: `31/s`, `p99 340 ms`, `2.5 % failed`, `31 % of database`. */
export function wordsOf(amount: number | null, measure: Measure): string {
  if (measure === "rate") return formatRate(amount ?? 0);
  if (amount === null) return measure === "p99" ? "idle" : "not known";
  if (measure === "p99") return `p99 ${formatDuration(amount)}`;
  if (measure === "errors") return failedWords(amount);
  return `${formatShare(amount)} of database`;
}

export function failedWords(share: number): string {
  return `${formatShare(share)} failed`;
}

export type Trouble = "error" | "warning" | "none";

/** Failures are those that nobody expected, so already a few are worth a look. */
export function troubleOf(work: Work | null): Trouble {
  if (work === null || work.errorShare === 0) return "none";
  return work.errorShare < 0.01 ? "warning" : "error";
}

/** What of some work is not in the picture, for who listens. */
export function furtherWork({ p50Ms, p99Ms }: Work): string[] {
  return p50Ms === null || p99Ms === null
    ? []
    : [`p50 ${formatDuration(p50Ms)}`, `p99 ${formatDuration(p99Ms)}`];
}

function amountOfWork(work: Work, measure: Exclude<Measure, "database">): number | null {
  if (measure === "rate") return work.perSecond;
  if (measure === "errors") return work.errorShare;
  return work.p99Ms;
}

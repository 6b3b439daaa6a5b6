import { TopError } from "./top-error.ts";

/** What /console/api/now answers with, as far as it is shown here. A test holds it against the console's own. */
export interface NowAnswer {
  readonly data: {
    readonly state: "well" | "note" | "warning" | "error" | "blind";
    readonly firing: readonly FiringAnswer[];
    readonly recent: readonly FiringAnswer[];
    readonly blind: readonly { readonly check: string; readonly reason: string; readonly since: number }[];
    readonly quiet: number;
    readonly changes: readonly { readonly kind: string; readonly at: number; readonly title: string }[];
    readonly traffic: { readonly values: Readonly<Record<string, readonly (number | null)[]>> };
    readonly numbers: {
      readonly requestsPerSecond: number | null;
      readonly errorShare: number | null;
      readonly p99Ms: number | null;
      readonly jobsReady: number | null;
      readonly isJobsReadyAtLeast: boolean;
      readonly deadLetters: number | null;
      readonly isDeadLettersAtLeast: boolean;
    };
    /** What cannot be told at the moment; what was known last of it is in its place. */
    readonly unknown: readonly { readonly what: string; readonly since: number; readonly reason: string }[];
  };
  /** Milliseconds of the epoch. */
  readonly at: number;
  readonly stale: { readonly since: number; readonly reason: string } | null;
}

export interface FiringAnswer {
  readonly check: string;
  readonly severity: "error" | "warning" | "note";
  readonly title: string;
  readonly evidence: readonly string[];
  readonly module: string | null;
  readonly since: number;
  readonly endedAt: number | null;
  readonly actions: readonly { readonly does: string; readonly command: string | null }[];
  readonly suspect: { readonly title: string; readonly at: number } | null;
}

/** Throws TopError for what a console of another version, or no console, has answered with. */
export function readNow(body: unknown): NowAnswer {
  const data = (body as Partial<NowAnswer> | null)?.data;
  const lists = [data?.firing, data?.recent, data?.blind, data?.changes, data?.unknown];
  if (lists.every(Array.isArray) && data?.numbers !== undefined && data.traffic?.values !== undefined) {
    return body as NowAnswer;
  }
  throw new TopError("ASHLAR_CLI_TOP_UNREADABLE", "The answer is not that of a console of this version.");
}

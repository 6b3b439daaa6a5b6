import type { Series } from "./series.ts";

/** GET /console/api/now, and topic `now` of the live stream. */
export interface Now {
  readonly state: "well" | "note" | "warning" | "error" | "blind";
  readonly firing: readonly FiringView[];
  /** Ended within the last day, the latest first. */
  readonly recent: readonly FiringView[];
  readonly blind: readonly { readonly check: string; readonly reason: string; readonly since: number }[];
  /** How many checks look and see nothing. */
  readonly quiet: number;
  readonly lookedAt: number | null;
  /** Of the last day, the latest first. */
  readonly changes: readonly Change[];
  /** All instances together, by minute, for the last hour: `requests` (per second), `errors` (share), `p99` (ms). */
  readonly traffic: Series;
  readonly numbers: NowNumbers;
  /** What cannot be told at the moment. What was known of it last is shown. */
  readonly unknown: readonly UnknownPart[];
}

/** null: not known. The first three are of the last full minute; p99Ms is null too when nothing was asked for. */
export interface NowNumbers {
  readonly requestsPerSecond: number | null;
  readonly errorShare: number | null;
  readonly p99Ms: number | null;
  readonly jobsReady: number | null;
  /** There are at least so many. */
  readonly isJobsReadyAtLeast: boolean;
  readonly deadLetters: number | null;
  readonly isDeadLettersAtLeast: boolean;
}

export interface UnknownPart {
  /** For people: `the traffic`, `what changed`. */
  readonly what: string;
  readonly since: number;
  readonly reason: string;
}

export interface FiringView {
  readonly check: string;
  readonly subject: string;
  readonly severity: "error" | "warning" | "note";
  readonly title: string;
  readonly evidence: readonly string[];
  readonly module: string | null;
  readonly since: number;
  readonly seenAt: number;
  readonly endedAt: number | null;
  readonly actions: readonly ActionView[];
  /** Where in the console the cause is seen. */
  readonly place: Place;
  /** Path of its runbook, whose Markdown is at GET /console/api/runbooks/{check}. */
  readonly runbook: string;
  /** What may suffer: routes that fail or are slow since it began, and the modules that depend on this one. */
  readonly blast: { readonly routes: readonly AffectedRoute[]; readonly modules: readonly string[] };
  /** The last change before it began, if one came within half an hour. */
  readonly suspect: Change | null;
}

export interface AffectedRoute {
  /** `GET /v1/orders/{id}` */
  readonly route: string;
  readonly module: string | null;
  readonly errorShare: number;
  readonly p99Ms: number | null;
}

/** GET /console/api/runbooks/{check}. */
export interface Runbook {
  readonly check: string;
  readonly markdown: string;
}

/** Something safe to do. `place` leads to where the console does it; a command or SQL is for a shell. */
export interface ActionView {
  readonly does: string;
  readonly command: string | null;
  readonly sql: string | null;
  readonly place: Place | null;
}

/** A page of the console with its filter: `/jobs?module=billing&state=dead`, relative to /console. */
export interface Place {
  readonly href: string;
  readonly label: string;
}

/** Something that somebody changed. */
export interface Change {
  readonly kind: "deploy" | "restart" | "migration" | "action" | "log-level";
  readonly at: number;
  /** One line: `release 1.4.2 began`, `ordering: 0007 add-refunds`. */
  readonly title: string;
  readonly module: string | null;
  readonly actor: string | null;
  readonly place: Place;
}

import type { Severity } from "../doctor/index.ts";

/** As the doctor's, without `ok`: what is well does not fire. */
export type FiringSeverity = Exclude<Severity, "ok">;

/** Something that could be done now, and that does no further harm. It is data: nobody does it by himself. */
export interface SafeAction {
  /** What it does, to whom, in one sentence without a full stop. */
  readonly does: string;
  /** How: a command of a shell, or SQL for the administrator. Exactly one of them, or neither when a person decides. */
  readonly command?: string;
  readonly sql?: string;
}

/** What one look of a check saw of one thing. */
export interface Sign {
  /** The thing: a route, a queue, a table; "" when the check has only one. It tells firings of one check apart. */
  readonly subject: string;
  readonly severity: FiringSeverity;
  /** One sentence without a full stop, for somebody who is new here and was asleep a minute ago. */
  readonly title: string;
  /** Facts, one a line: numbers, names. Never a value that somebody stored. */
  readonly evidence: readonly string[];
  /** The culprit, as far as it can be known; null when it is no module's, or nobody can tell. */
  readonly module: string | null;
  readonly actions: readonly SafeAction[];
}

/** A sign that stayed: what fires, since when, and what to do. Evidence is that of the last look. */
export interface Firing extends Sign {
  /** Stable id of the check, explained in docs/reference/health.md. */
  readonly check: string;
  /** Milliseconds of the epoch: of the first of the looks that made it fire. */
  readonly since: number;
  /** When it was seen last. */
  readonly seenAt: number;
  /** Null while it fires. */
  readonly endedAt: number | null;
  /** Path in the repository of the framework. */
  readonly runbook: string;
}

export function runbookOf(check: string): string {
  return `docs/runbooks/${check}.md`;
}

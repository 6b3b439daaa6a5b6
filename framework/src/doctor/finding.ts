/** `error`: it is broken or will be soon. `warning`: it will cost somebody a night. `note`: good to know. */
export type Severity = "error" | "warning" | "note" | "ok";

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ["error", "warning", "note", "ok"];

/** What a check saw, and what to do about it. */
export interface Symptom {
  readonly severity: Severity;
  /** One sentence without a full stop. */
  readonly title: string;
  /** Facts, one a line: names, numbers, never a password. */
  readonly evidence: readonly string[];
  /** What to do, with the SQL or the setting where there is one; null when nothing is to be done. */
  readonly remedy: string | null;
}

export interface Finding extends Symptom {
  /** Stable id of the check, explained in docs/reference/doctor.md. */
  readonly check: string;
}

export function error(title: string, evidence: readonly string[], remedy: string): Symptom {
  return { severity: "error", title, evidence, remedy };
}

export function warning(title: string, evidence: readonly string[], remedy: string): Symptom {
  return { severity: "warning", title, evidence, remedy };
}

export function note(title: string, evidence: readonly string[], remedy: string | null): Symptom {
  return { severity: "note", title, evidence, remedy };
}

export function ok(title: string, evidence: readonly string[] = []): Symptom {
  return { severity: "ok", title, evidence, remedy: null };
}

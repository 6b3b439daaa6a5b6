/** What a change does to those on the other side. An `ok` change is told of only when one asks for all. */
export type Severity = "error" | "warning" | "note" | "ok";

/** A value is sent to us (request) or by us (response). A payload that is stored goes both ways. */
export type Direction = "request" | "response";

interface ChangeRule {
  /** Its number in the table of docs/guides/contracts.md; null for what follows from a rule without being one. */
  readonly rule: number | null;
  readonly request: Severity;
  readonly response: Severity;
}

/**
 * Every change that a comparison can find, closed: what is in no rule is `cannot-tell`. The ids are stable, because
 * overrides name them.
 */
export const CHANGE_RULES = {
  "operation-removed": { rule: 1, request: "error", response: "error" },
  "sunset-shortened": { rule: 2, request: "error", response: "error" },
  "success-status-removed": { rule: 3, request: "error", response: "error" },
  "media-type-removed": { rule: 4, request: "error", response: "error" },
  "security-tightened": { rule: 5, request: "error", response: "error" },
  "event-removed": { rule: 6, request: "error", response: "error" },
  "operation-id-changed": { rule: 7, request: "error", response: "error" },
  "stability-lowered": { rule: 8, request: "error", response: "error" },
  "error-code-changed": { rule: 9, request: "warning", response: "warning" },
  "required-property-added": { rule: 10, request: "error", response: "ok" },
  "required-parameter-added": { rule: 10, request: "error", response: "ok" },
  "became-required": { rule: 11, request: "error", response: "ok" },
  "became-optional": { rule: 12, request: "ok", response: "error" },
  "required-property-removed": { rule: 13, request: "warning", response: "error" },
  "optional-property-removed": { rule: 14, request: "warning", response: "warning" },
  "closed-property-removed": { rule: 14, request: "error", response: "ok" },
  "parameter-removed": { rule: 14, request: "warning", response: "ok" },
  "request-body-required": { rule: 15, request: "error", response: "ok" },
  "request-body-removed": { rule: 16, request: "error", response: "ok" },
  "response-header-removed": { rule: 17, request: "ok", response: "error" },
  "response-header-optional": { rule: 17, request: "ok", response: "error" },
  "type-narrowed": { rule: 18, request: "error", response: "ok" },
  "type-stated": { rule: 18, request: "warning", response: "ok" },
  "type-widened": { rule: 19, request: "ok", response: "error" },
  "type-unstated": { rule: 19, request: "ok", response: "warning" },
  "type-changed": { rule: 18, request: "error", response: "error" },
  "integer-became-number": { rule: 20, request: "ok", response: "error" },
  "null-removed": { rule: 21, request: "error", response: "ok" },
  "null-added": { rule: 22, request: "ok", response: "error" },
  "enum-value-removed": { rule: 23, request: "error", response: "ok" },
  "enum-value-added": { rule: 24, request: "ok", response: "warning" },
  "became-enum": { rule: 25, request: "error", response: "ok" },
  "enum-dropped": { rule: 25, request: "ok", response: "error" },
  "const-changed": { rule: 26, request: "error", response: "error" },
  "limit-tightened": { rule: 27, request: "error", response: "ok" },
  "limit-loosened": { rule: 28, request: "ok", response: "error" },
  "constraint-added": { rule: 29, request: "error", response: "ok" },
  "constraint-changed": { rule: 29, request: "warning", response: "warning" },
  "constraint-removed": { rule: 30, request: "ok", response: "error" },
  "union-branch-removed": { rule: 31, request: "error", response: "ok" },
  "union-branch-added": { rule: 32, request: "ok", response: "error" },
  "all-of-added": { rule: 33, request: "error", response: "ok" },
  "all-of-removed": { rule: 34, request: "warning", response: "error" },
  "additional-properties-closed": { rule: 35, request: "error", response: "ok" },
  "additional-properties-opened": { rule: 36, request: "ok", response: "warning" },
  "discriminator-changed": { rule: 37, request: "error", response: "error" },
  "dependent-required-added": { rule: 38, request: "error", response: "ok" },
  "dependent-required-removed": { rule: 38, request: "ok", response: "error" },
  "default-changed": { rule: 39, request: "error", response: "warning" },
  "default-added": { rule: 39, request: "warning", response: "ok" },
  "became-read-only": { rule: 40, request: "error", response: "ok" },
  "became-write-only": { rule: 41, request: "ok", response: "error" },
  "parameter-encoding-changed": { rule: 42, request: "error", response: "ok" },
  "unit-changed": { rule: 43, request: "error", response: "error" },

  "cannot-tell": { rule: null, request: "warning", response: "warning" },
  "optional-property-added": { rule: null, request: "ok", response: "ok" },
  "unknown-property-added": { rule: 10, request: "ok", response: "error" },
  "optional-parameter-added": { rule: null, request: "ok", response: "ok" },
  "operation-added": { rule: null, request: "ok", response: "ok" },
  "operation-deprecated": { rule: null, request: "note", response: "note" },
  "request-body-added": { rule: null, request: "ok", response: "ok" },
  "request-body-optional": { rule: null, request: "ok", response: "ok" },
  "media-type-added": { rule: null, request: "ok", response: "note" },
  "status-added": { rule: null, request: "ok", response: "note" },
  "error-status-removed": { rule: null, request: "ok", response: "warning" },
  "security-loosened": { rule: null, request: "note", response: "note" },
  "response-header-added": { rule: null, request: "ok", response: "ok" },
  "discriminator-mapping-added": { rule: null, request: "ok", response: "ok" },
  "error-code-added": { rule: 9, request: "warning", response: "warning" },
  "event-version-lowered": { rule: null, request: "error", response: "error" },
  "event-upcast-missing": { rule: null, request: "error", response: "error" },
  "event-version-raised": { rule: null, request: "note", response: "note" },
  "view-removed": { rule: 6, request: "error", response: "error" },
  "job-removed": { rule: 6, request: "error", response: "error" },
  "subscriber-removed": { rule: 6, request: "error", response: "error" },
  "queue-changed": { rule: null, request: "warning", response: "warning" },
  "schedule-removed": { rule: 6, request: "warning", response: "warning" },
  "transaction-changed": { rule: null, request: "warning", response: "warning" },
} as const satisfies Record<string, ChangeRule>;

export type ChangeId = keyof typeof CHANGE_RULES;

export function severityOf(id: ChangeId, direction: Direction): Severity {
  return CHANGE_RULES[id][direction];
}

const ORDER: readonly Severity[] = ["error", "warning", "note", "ok"];

/** Most severe first. */
export function bySeverity(one: Severity, other: Severity): number {
  return ORDER.indexOf(one) - ORDER.indexOf(other);
}

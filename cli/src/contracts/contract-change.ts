import { CHANGE_RULES, type ChangeId, type Direction, type Severity, severityOf } from "./change-rules.ts";
import type { SchemaChange } from "./schema-difference.ts";

/** Where a promise is kept or broken, which decides how bad a change is. */
export type Boundary = "in process" | "remote" | "http" | "event" | "job" | "view" | "stored name";

/** One change of what a project promises. */
export interface ContractChange {
  /** What an override names: `became-required: ordering.placeOrder input /note`. */
  readonly key: string;
  readonly id: ChangeId;
  readonly rule: number | null;
  readonly severity: Severity;
  readonly boundary: Boundary;
  readonly module: string;
  /** `ordering.placeOrder`, `GET /v1/orders`. */
  readonly where: string;
  readonly part: string;
  readonly pointer: string;
  readonly text: string;
}

export interface ChangePlace {
  readonly boundary: Boundary;
  readonly module: string;
  readonly where: string;
  readonly part: string;
}

export function contractChange(
  place: ChangePlace,
  id: ChangeId,
  text: string,
  options: { readonly severity?: Severity; readonly direction?: Direction; readonly pointer?: string } = {},
): ContractChange {
  const { pointer = "", direction = "response" } = options;
  return {
    ...place,
    key: keyOf(id, place, pointer),
    id,
    rule: CHANGE_RULES[id].rule,
    severity: options.severity ?? severityOf(id, direction),
    pointer,
    text,
  };
}

/** Those of a schema, at its place. */
export function atPlace(place: ChangePlace, changes: readonly SchemaChange[]): readonly ContractChange[] {
  return changes.map(({ id, severity, pointer, text }) =>
    contractChange(place, id, text, { severity, pointer }),
  );
}

function keyOf(id: ChangeId, { where, part }: ChangePlace, pointer: string): string {
  return `${id}: ${[where, part, pointer].filter((word) => word !== "").join(" ")}`;
}

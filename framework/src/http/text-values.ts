import type { SchemaViolation } from "../contract/index.ts";
import { Refusal } from "./problem.ts";

/**
 * Refuses texts that Postgres cannot store: NUL characters, and halves of surrogate pairs, which would silently
 * become replacement characters. `path` is the JSON pointer of `value`. The nesting is bounded by the caller.
 */
export function refuseUnstorableText(value: unknown, path: string): void {
  const errors: SchemaViolation[] = [];
  collect(value, path, errors);
  if (errors.length > 0) throw new Refusal("TEXT_INVALID", { errors: errors.slice(0, MOST_ERRORS) });
}

const MOST_ERRORS = 5;

function collect(value: unknown, path: string, errors: SchemaViolation[]): void {
  if (typeof value === "string") {
    if (value.includes("\0")) errors.push({ path, message: "holds a NUL character" });
    else if (!value.isWellFormed()) errors.push({ path, message: "holds half of a surrogate pair" });
  } else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      collect(key, `${path}/${pointerPart(key)}`, errors);
      collect(member, `${path}/${pointerPart(key)}`, errors);
    }
  }
}

/** A name as a part of a JSON pointer (RFC 6901, section 3). */
export function pointerPart(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

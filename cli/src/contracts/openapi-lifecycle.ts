import type { ApiChanges } from "./api-change.ts";
import type { OperationPair } from "./openapi-difference.ts";
import type { SchemaObject } from "./schema-node.ts";

/** Removing is allowed once the announced day has come, and for what was never promised to stay. */
export function removedOperation(
  changes: ApiChanges,
  operation: SchemaObject,
  section: "paths" | "webhooks",
  today: Date,
): void {
  const sunset = sunsetOf(operation);
  const stability = operation["x-stability-level"];
  const isOver = operation.deprecated === true && sunset !== null && Date.parse(sunset) <= today.getTime();
  const isProvisional = stability === "draft" || stability === "alpha";
  const why = isOver
    ? `, after its sunset of ${sunset}`
    : isProvisional
      ? `; it was ${stability}`
      : sunset !== null
        ? ` before its sunset of ${sunset}`
        : "; deprecate it first, with an x-sunset";
  changes.add(
    section === "webhooks" ? "event-removed" : "operation-removed",
    "request",
    "",
    `${section === "webhooks" ? "the webhook" : "the operation"} was removed${why}`,
    isOver || isProvisional ? "note" : undefined,
  );
}

/** Deprecation, sunset, stability and the id that generated clients name their functions by. */
export function lifecycleChanges({ old, new: new_, changes }: OperationPair): void {
  const was = sunsetOf(old.operation);
  const is = sunsetOf(new_.operation);
  const isDeprecated = (operation: SchemaObject) => operation.deprecated === true;
  if (!isDeprecated(old.operation) && isDeprecated(new_.operation)) {
    changes.add(
      "operation-deprecated",
      "request",
      "",
      is === null ? "is deprecated now, without an x-sunset" : `is deprecated now, until ${is}`,
    );
  }
  if (was !== null && is === null && isDeprecated(new_.operation)) {
    changes.add("sunset-shortened", "request", "", `its sunset of ${was} was removed`);
  } else if (was !== null && is !== null && Date.parse(is) < Date.parse(was)) {
    changes.add("sunset-shortened", "request", "", `its sunset was brought forward from ${was} to ${is}`);
  }
  const before = LEVELS.indexOf(String(old.operation["x-stability-level"] ?? "stable"));
  const after = LEVELS.indexOf(String(new_.operation["x-stability-level"] ?? "stable"));
  if (after >= 0 && before > after) {
    changes.add("stability-lowered", "request", "", `it was ${LEVELS[before]} and is ${LEVELS[after]} now`);
  }
  const { operationId } = old.operation;
  if (operationId !== undefined && operationId !== new_.operation.operationId) {
    changes.add(
      "operation-id-changed",
      "request",
      "",
      new_.operation.operationId === undefined
        ? `its operationId ${String(operationId)} was removed, which generated clients are named by`
        : `its operationId changed from ${String(operationId)} to ${String(new_.operation.operationId)}, which generated clients are named by`,
    );
  }
}

const LEVELS = ["draft", "alpha", "beta", "stable"];

/** A day, as YYYY-MM-DD or RFC 3339. */
function sunsetOf(operation: SchemaObject): string | null {
  const value = operation["x-sunset"] ?? operation["x-sunset-date"];
  return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : null;
}

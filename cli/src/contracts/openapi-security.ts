import { isDeepStrictEqual } from "node:util";
import { dereferenced, type OperationPair, type Side } from "./openapi-difference.ts";
import { isObject, type SchemaObject } from "./schema-node.ts";

/** Schemes that have to be used together, each with the scopes it needs. None at all: everybody may call. */
type Requirement = Readonly<Record<string, readonly string[]>>;

/** Who was let in before has to be let in with the same credentials. */
export function securityChanges(pair: OperationPair): void {
  const was = requirementsOf(pair.old);
  const is = requirementsOf(pair.new);
  const direction = pair.isOurRequest ? "response" : "request";
  for (const before of was) {
    if (is.some((after) => suffices(pair, before, after))) continue;
    pair.changes.add(
      "security-tightened",
      direction,
      "security",
      `${named(before)} is not enough any more; it takes ${is.map(named).join(" or ")}`,
    );
  }
  for (const after of is) {
    if (was.some((before) => suffices(pair, before, after) && suffices(pair, after, before))) continue;
    if (
      was.every((before) => !isDeepStrictEqual(before, after)) &&
      was.every((before) => is.some((each) => suffices(pair, before, each)))
    ) {
      pair.changes.add("security-loosened", direction, "security", `${named(after)} is enough now`);
    }
  }
}

function requirementsOf({ description, operation }: Side): readonly Requirement[] {
  const stated = operation.security ?? description.document.security;
  const list = Array.isArray(stated) ? (stated as Requirement[]) : [];
  return list.length === 0 ? [{}] : list;
}

/** Whether credentials that satisfied `before` satisfy `after`. */
function suffices(pair: OperationPair, before: Requirement, after: Requirement): boolean {
  return Object.entries(after).every(([scheme, scopes]) => {
    const held = before[scheme];
    return (
      held !== undefined &&
      scopes.every((scope) => held.includes(scope)) &&
      isDeepStrictEqual(schemeOf(pair.old, scheme), schemeOf(pair.new, scheme))
    );
  });
}

/** What of a scheme a client has to follow. */
function schemeOf({ description }: Side, name: string): SchemaObject {
  const components = isObject(description.document.components) ? description.document.components : {};
  const schemes = isObject(components.securitySchemes) ? components.securitySchemes : {};
  const { type, in: place, name: field, scheme } = dereferenced(description, schemes[name]);
  return { type, place, field, scheme: typeof scheme === "string" ? scheme.toLowerCase() : scheme };
}

function named(requirement: Requirement): string {
  const names = Object.entries(requirement).map(([scheme, scopes]) =>
    scopes.length === 0 ? scheme : `${scheme} (${scopes.join(", ")})`,
  );
  return names.length === 0 ? "no authentication" : names.join(" and ");
}

import { isDeepStrictEqual } from "node:util";
import type { Comparison, SchemaChange } from "./schema-difference.ts";
import { isAnnotation, isObject, type SchemaNode, type SchemaObject, sameText } from "./schema-node.ts";

/** Keywords that other parts of the comparison know. All the rest are compared here, or cannot be told of. */
const KNOWN_ELSEWHERE = new Set([
  ...["type", "nullable", "enum", "const", "default", "$ref", "readOnly", "writeOnly", "discriminator"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ...["minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems"],
  ...["minProperties", "maxProperties", "items", "prefixItems", "additionalItems"],
  ...["properties", "patternProperties", "additionalProperties", "required", "dependentRequired"],
]);

/** What each only narrows when it is added; they apply beside all the others. */
const CONJUNCTS = new Set(["not", "propertyNames", "contains", "dependentSchemas", "if"]);

/** What has to hold beside the shape of a value: `allOf`, `anyOf`, `oneOf`, `not`, `if` and what nobody here knows. */
export function conditionChanges(
  comparison: Comparison,
  old: SchemaObject,
  new_: SchemaObject,
): readonly SchemaChange[] {
  const keywords = new Set([...Object.keys(old), ...Object.keys(new_)]);
  const changes: SchemaChange[] = [];
  for (const keyword of keywords) {
    if (KNOWN_ELSEWHERE.has(keyword) || isAnnotation(keyword)) continue;
    const was = old[keyword];
    const is = new_[keyword];
    if (keyword === "allOf") changes.push(...allOfChanges(comparison, nodes(was), nodes(is)));
    else if ((keyword === "anyOf" || keyword === "oneOf") && was !== undefined && is !== undefined) {
      changes.push(...comparison.part({ [keyword]: was }, { [keyword]: is }, ""));
    } else if (was === undefined && (keyword === "anyOf" || keyword === "oneOf" || CONJUNCTS.has(keyword))) {
      changes.push(comparison.change("all-of-added", "", `values must satisfy ${keyword} too now`));
    } else if (is === undefined && (keyword === "anyOf" || keyword === "oneOf" || CONJUNCTS.has(keyword))) {
      changes.push(comparison.change("all-of-removed", "", `values need not satisfy ${keyword} any more`));
    } else if (!isSame(comparison, was, is)) {
      changes.push(
        comparison.change(
          "cannot-tell",
          "",
          `${keyword} changed, and what that means cannot be told; look at it`,
        ),
      );
    }
  }
  return changes;
}

/** The same text, and what it refers to is the same too. */
function isSame(comparison: Comparison, was: unknown, is: unknown): boolean {
  if (!sameText(was, is)) return false;
  if (!JSON.stringify(was ?? null).includes('"$ref"')) return true;
  if (!isObject(was) || !isObject(is)) return false;
  return comparison.isEquivalent(was as SchemaNode, is as SchemaNode);
}

/** `allOf` that could not be merged: each of the old and each of the new has to hold. */
function allOfChanges(
  comparison: Comparison,
  old: readonly SchemaNode[],
  new_: readonly SchemaNode[],
): readonly SchemaChange[] {
  const changes: SchemaChange[] = [];
  const left = [...old];
  const unmatched: SchemaNode[] = [];
  for (const part of new_) {
    const at = left.findIndex((each) => comparison.isEquivalent(each, part));
    if (at >= 0) left.splice(at, 1);
    else unmatched.push(part);
  }
  for (let at = 0; at < Math.max(left.length, unmatched.length); at++) {
    const was = left[at];
    const is = unmatched[at];
    if (was === undefined)
      changes.push(comparison.change("all-of-added", "", "values must satisfy one more schema now"));
    else if (is === undefined) {
      changes.push(
        comparison.change("all-of-removed", "", "values need not satisfy one of its schemas any more"),
      );
    } else changes.push(...comparison.part(was, is, ""));
  }
  return changes;
}

/** What tells the branches of a union apart, in OpenAPI. */
export function discriminatorChanges(
  comparison: Comparison,
  old: unknown,
  new_: unknown,
): readonly SchemaChange[] {
  if (isDeepStrictEqual(old, new_)) return [];
  if (!isObject(old)) {
    return [comparison.change("discriminator-mapping-added", "", "a discriminator was added")];
  }
  if (!isObject(new_))
    return [comparison.change("discriminator-changed", "", "the discriminator was removed")];
  if (old.propertyName !== new_.propertyName) {
    return [
      comparison.change(
        "discriminator-changed",
        "",
        `the discriminator ${String(old.propertyName)} became ${String(new_.propertyName)}`,
      ),
    ];
  }
  const was = isObject(old.mapping) ? old.mapping : {};
  const is = isObject(new_.mapping) ? new_.mapping : {};
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) => {
    if (was[name] === is[name]) return [];
    if (!(name in was)) {
      return [comparison.change("discriminator-mapping-added", "", `the discriminator names ${name} now`)];
    }
    return [
      comparison.change(
        "discriminator-changed",
        "",
        name in is
          ? `the discriminator's ${name} led to ${String(was[name])} and leads to ${String(is[name])} now`
          : `the discriminator does not name ${name} any more`,
      ),
    ];
  });
}

function nodes(value: unknown): readonly SchemaNode[] {
  return Array.isArray(value) ? (value as SchemaNode[]) : [];
}

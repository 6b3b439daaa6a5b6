import type { Comparison, SchemaChange } from "./schema-difference.ts";
import { isObject, type SchemaObject, sameText } from "./schema-node.ts";
import type { SchemaShape, ValueType } from "./schema-shape.ts";

/** Bounds of numbers, lengths and counts, and what texts and numbers have to look like. */
export function limitChanges(
  comparison: Comparison,
  old: SchemaShape,
  new_: SchemaShape,
): readonly SchemaChange[] {
  const both = (type: ValueType) => old.types.has(type) && new_.types.has(type);
  // Literals are compared one by one; a bound beside both lists decides nothing that those do not.
  const isNumber = both("integer") || both("fraction");
  return [
    ...(isNumber ? numberChanges(comparison, old, new_) : []),
    ...(isNumber ? constraintChanges(comparison, old.schema, new_.schema, "multipleOf") : []),
    ...(both("string")
      ? [
          ...countChanges(comparison, old.schema, new_.schema, "minLength", "maxLength"),
          ...constraintChanges(comparison, old.schema, new_.schema, "pattern"),
        ]
      : []),
    ...(both("array") ? countChanges(comparison, old.schema, new_.schema, "minItems", "maxItems") : []),
    ...(both("array") ? constraintChanges(comparison, old.schema, new_.schema, "uniqueItems") : []),
    ...(both("object")
      ? countChanges(comparison, old.schema, new_.schema, "minProperties", "maxProperties")
      : []),
    ...(both("string") || isNumber ? constraintChanges(comparison, old.schema, new_.schema, "format") : []),
  ];
}

interface Bound {
  readonly value: number;
  readonly isExclusive: boolean;
}

function numberChanges(comparison: Comparison, old: SchemaShape, new_: SchemaShape): readonly SchemaChange[] {
  const onlyIntegers = !old.types.has("fraction") && !new_.types.has("fraction");
  return [
    ...boundChanges(
      comparison,
      "minimum",
      lowest(old.schema, onlyIntegers),
      lowest(new_.schema, onlyIntegers),
      -1,
    ),
    ...boundChanges(
      comparison,
      "maximum",
      highest(old.schema, onlyIntegers),
      highest(new_.schema, onlyIntegers),
      1,
    ),
  ];
}

/** `sign` is the side of the bound on which values are refused. */
function boundChanges(
  comparison: Comparison,
  name: string,
  old: Bound | null,
  new_: Bound | null,
  sign: 1 | -1,
): readonly SchemaChange[] {
  if (old === null && new_ === null) return [];
  const text = `the ${name} changed from ${said(old)} to ${said(new_)}`;
  if (old === null) return [comparison.change("limit-tightened", "", text)];
  if (new_ === null) return [comparison.change("limit-loosened", "", text)];
  const moved = (new_.value - old.value) * sign || Number(old.isExclusive) - Number(new_.isExclusive);
  if (moved === 0) return [];
  return [comparison.change(moved > 0 ? "limit-loosened" : "limit-tightened", "", text)];
}

function said(bound: Bound | null): string {
  return bound === null ? "none" : `${bound.value}${bound.isExclusive ? " (exclusive)" : ""}`;
}

function lowest(schema: SchemaObject, onlyIntegers: boolean): Bound | null {
  const bound = tighter(schema.minimum, schema.exclusiveMinimum, (one, other) => one > other);
  if (bound === null || !onlyIntegers) return bound;
  const ceiling = Math.ceil(bound.value);
  return { value: bound.isExclusive && ceiling === bound.value ? ceiling + 1 : ceiling, isExclusive: false };
}

function highest(schema: SchemaObject, onlyIntegers: boolean): Bound | null {
  const bound = tighter(schema.maximum, schema.exclusiveMaximum, (one, other) => one < other);
  if (bound === null || !onlyIntegers) return bound;
  const floor = Math.floor(bound.value);
  return { value: bound.isExclusive && floor === bound.value ? floor - 1 : floor, isExclusive: false };
}

function tighter(
  inclusive: unknown,
  exclusive: unknown,
  isTighter: (one: number, other: number) => boolean,
): Bound | null {
  const included = typeof inclusive === "number" ? inclusive : null;
  // OpenAPI 3.0 writes `exclusiveMinimum: true` beside the minimum.
  if (exclusive === true && included !== null) return { value: included, isExclusive: true };
  if (typeof exclusive === "number" && (included === null || !isTighter(included, exclusive))) {
    return { value: exclusive, isExclusive: true };
  }
  return included === null ? null : { value: included, isExclusive: false };
}

function countChanges(
  comparison: Comparison,
  old: SchemaObject,
  new_: SchemaObject,
  least: string,
  most: string,
): readonly SchemaChange[] {
  // A minimum of none is none.
  const lower = (schema: SchemaObject) =>
    typeof schema[least] === "number" && schema[least] > 0 ? inclusive(schema[least]) : null;
  const upper = (schema: SchemaObject) => (typeof schema[most] === "number" ? inclusive(schema[most]) : null);
  return [
    ...boundChanges(comparison, least, lower(old), lower(new_), -1),
    ...boundChanges(comparison, most, upper(old), upper(new_), 1),
  ];
}

function inclusive(value: number): Bound {
  return { value, isExclusive: false };
}

const WIDTHS: ReadonlySet<unknown> = new Set(["int64", "double"]);

function constraintChanges(
  comparison: Comparison,
  old: SchemaObject,
  new_: SchemaObject,
  keyword: "pattern" | "format" | "multipleOf" | "uniqueItems",
): readonly SchemaChange[] {
  const was = old[keyword] === false ? undefined : old[keyword];
  const is = new_[keyword] === false ? undefined : new_[keyword];
  if (sameText({ const: was }, { const: is })) return [];
  const show = (value: unknown) => (isObject(value) ? "…" : String(value));
  // Widths that hold every number that a program has: they tell generators of clients more than they refuse.
  const isWidth = keyword === "format" && [was, is].every((each) => each === undefined || WIDTHS.has(each));
  if (was === undefined) {
    return [
      comparison.change(
        "constraint-added",
        "",
        `${keyword} ${show(is)} was added`,
        isWidth && comparison.direction === "request" ? "warning" : undefined,
      ),
    ];
  }
  if (is === undefined) {
    return [
      comparison.change(
        "constraint-removed",
        "",
        `${keyword} ${show(was)} was removed`,
        isWidth && comparison.direction === "response" ? "warning" : undefined,
      ),
    ];
  }
  return [comparison.change("constraint-changed", "", `${keyword} changed from ${show(was)} to ${show(is)}`)];
}

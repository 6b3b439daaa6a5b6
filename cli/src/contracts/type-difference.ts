import type { Comparison, SchemaChange } from "./schema-difference.ts";
import { meantTypes, type SchemaShape, type ValueType } from "./schema-shape.ts";

/** Null is not here: `alternativesOf` has set it apart. */
export function typeChanges(
  comparison: Comparison,
  old: SchemaShape,
  new_: SchemaShape,
): readonly SchemaChange[] {
  // Literals of both sides say more than their types.
  if (old.literals !== null && new_.literals !== null) return [];
  const removed = [...old.types].filter((type) => !new_.types.has(type));
  const added = [...new_.types].filter((type) => !old.types.has(type));
  // A list of literals that ends is `enum-dropped`, which says it already.
  const widened = old.literals === null ? added : [];
  if (removed.length === 0 && widened.length === 0) return [];
  const was = namesOf(old);
  const is = namesOf(new_);
  if (removed.length > 0 && widened.length > 0) {
    return [comparison.change("type-changed", "", `the type changed from ${was} to ${is}`)];
  }
  if (removed.length > 0) {
    const isMeant = old.isTypeless && sameTypes(meantTypes(old.schema), new_.types);
    if (isMeant) {
      return [
        comparison.change(
          "type-stated",
          "",
          `the type is stated now: ${is}; other values were not refused before`,
        ),
      ];
    }
    const text = removed.length === 1 && removed[0] === "fraction" ? "fractions are refused now" : null;
    return [comparison.change("type-narrowed", "", text ?? `the type was narrowed from ${was} to ${is}`)];
  }
  if (new_.isTypeless && sameTypes(meantTypes(new_.schema), old.types)) {
    return [comparison.change("type-unstated", "", `the type is not stated any more; it was ${was}`)];
  }
  return [
    widened.length === 1 && widened[0] === "fraction"
      ? comparison.change("integer-became-number", "", "an integer became a number")
      : comparison.change("type-widened", "", `the type was widened from ${was} to ${is}`),
  ];
}

function namesOf(shape: SchemaShape): string {
  if (shape.isTypeless) return "anything";
  const names = [...shape.types].flatMap((type) =>
    type === "fraction" ? [] : type === "integer" && shape.types.has("fraction") ? ["number"] : [type],
  );
  return names.length === 0 ? "nothing" : names.join(" or ");
}

function sameTypes(meant: ReadonlySet<ValueType> | null, types: ReadonlySet<ValueType>): boolean {
  return meant !== null && meant.size === types.size && [...meant].every((type) => types.has(type));
}

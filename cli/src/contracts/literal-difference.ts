import type { Comparison, SchemaChange } from "./schema-difference.ts";
import type { SchemaShape } from "./schema-shape.ts";

/** What became of the list of literals: `enum`, `const`, or a union of such. */
export function literalChanges(
  comparison: Comparison,
  old: SchemaShape,
  new_: SchemaShape,
): readonly SchemaChange[] {
  if (old.literals === null && new_.literals === null) return [];
  if (old.literals === null) {
    return [comparison.change("became-enum", "", `only ${listed([...new_.literals!])} is valid now`)];
  }
  if (new_.literals === null) {
    return [
      comparison.change(
        "enum-dropped",
        "",
        `other values than ${listed([...old.literals])} are possible now`,
      ),
    ];
  }
  const { literals } = old;
  const added = [...new_.literals].filter((value) => !literals.has(value));
  const removed = [...literals].filter((value) => !new_.literals!.has(value));
  if (literals.size === 1 && added.length === 1 && removed.length === 1 && new_.literals.size === 1) {
    return [comparison.change("const-changed", "", `${removed[0]} became ${added[0]}`)];
  }
  return [
    ...(removed.length === 0
      ? []
      : [
          comparison.change(
            "enum-value-removed",
            "",
            `${listed(removed)} ${are(removed)} not valid any more`,
          ),
        ]),
    ...(added.length === 0
      ? []
      : [
          comparison.change(
            "enum-value-added",
            "",
            `${listed(added)} ${are(added)} possible now`,
            // Who validates by the old list refuses what is not on it.
            comparison.reader === "validating" && comparison.direction === "response" ? "error" : undefined,
          ),
        ]),
  ];
}

const SHOWN = 6;

function listed(values: readonly string[]): string {
  const more = values.length - SHOWN;
  return more > 0 ? `${values.slice(0, SHOWN).join(", ")} and ${more} more` : values.join(", ");
}

function are(values: readonly string[]): string {
  return values.length === 1 ? "is" : "are";
}

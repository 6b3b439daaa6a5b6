import type { Comparison, SchemaChange } from "./schema-difference.ts";
import type { SchemaNode, SchemaObject } from "./schema-node.ts";
import type { SchemaShape } from "./schema-shape.ts";

/** What became of the items of an array, of a tuple's one by one. */
export function arrayChanges(
  comparison: Comparison,
  old: SchemaShape,
  new_: SchemaShape,
): readonly SchemaChange[] {
  if (!old.types.has("array") || !new_.types.has("array")) return [];
  const was = itemsOf(old.schema);
  const is = itemsOf(new_.schema);
  const changes: SchemaChange[] = [];
  for (let at = 0; at < Math.max(was.first.length, is.first.length); at++) {
    changes.push(...comparison.part(was.first[at] ?? was.rest, is.first[at] ?? is.rest, `/${at}`));
  }
  changes.push(...comparison.part(was.rest, is.rest, "/*"));
  return changes;
}

interface Items {
  readonly first: readonly SchemaNode[];
  readonly rest: SchemaNode;
}

function itemsOf(schema: SchemaObject): Items {
  // Before 2020-12 a tuple's parts stood in `items` and the rest in `additionalItems`.
  if (Array.isArray(schema.items)) {
    return { first: schema.items as SchemaNode[], rest: (schema.additionalItems ?? true) as SchemaNode };
  }
  return {
    first: Array.isArray(schema.prefixItems) ? (schema.prefixItems as SchemaNode[]) : [],
    rest: (schema.items ?? true) as SchemaNode,
  };
}

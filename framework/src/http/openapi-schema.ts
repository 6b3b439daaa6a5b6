import type { TSchema } from "../contract/index.ts";

/**
 * A schema as JSON Schema 2020-12 and nothing else: without the marks that TypeBox keeps on it, and with tuples
 * written as that version wants them.
 */
export function plainSchema(schema: TSchema): object {
  return plain(JSON.parse(JSON.stringify(schema))) as object;
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const { items, additionalItems, ...rest } = value as Record<string, unknown>;
  const copy = Object.fromEntries(
    Object.entries(rest)
      .filter(([key]) => !key.startsWith("~"))
      .map(([key, member]) => [key, plain(member)]),
  );
  if (Array.isArray(items)) {
    copy.prefixItems = items.map(plain);
    copy.items = additionalItems === undefined ? false : plain(additionalItems);
  } else if (items !== undefined) {
    copy.items = plain(items);
  }
  return copy;
}

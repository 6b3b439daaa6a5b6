import { Value } from "typebox/value";
import { type TSchema, validator } from "../contract/index.ts";
import { SchemaError } from "../module/index.ts";

/**
 * Lets out of a value what its schema lists, and nothing else: a column that a handler selected by mistake does
 * not reach the client. A value that lacks what the schema promises throws SchemaError.
 *
 * The usual value passes one compiled check (a tenth of what turning it into text costs) and is returned as it
 * is. Only one with too much in it is copied and cut, which is a hundred times dearer.
 */
export function allowList(
  schema: TSchema,
  operation: string,
  side: "output" | "error data",
): (value: unknown) => unknown {
  const check = validator(closedThroughout(schema));
  return (value) => {
    if (check.accepts(value)) return value;
    const cut = Value.Clean(schema, structuredClone(value));
    if (check.accepts(cut)) return cut;
    throw new SchemaError(operation, side, check.violations(cut));
  };
}

/** Keywords whose value is a schema or a list of schemas. */
const SCHEMA_KEYWORDS = ["items", "prefixItems", "anyOf", "oneOf", "additionalProperties"] as const;
/** Keywords whose value is a map from names to schemas. */
const MAP_KEYWORDS = ["properties", "patternProperties", "$defs"] as const;

/**
 * The schema with every object closed that leaves open whether it takes more than it lists; the very same one if
 * there is none. What is under `allOf` stays open, since there each part sees the properties of the others.
 */
function closedThroughout(schema: TSchema): TSchema {
  const changes: Record<string, unknown> = {};
  for (const keyword of SCHEMA_KEYWORDS) {
    const value = (schema as Record<string, unknown>)[keyword];
    const closed = Array.isArray(value) ? mapped(value) : isSchema(value) ? closedThroughout(value) : value;
    if (closed !== value) changes[keyword] = closed;
  }
  for (const keyword of MAP_KEYWORDS) {
    const map = (schema as Record<string, unknown>)[keyword];
    if (!isSchema(map)) continue;
    const names = Object.keys(map);
    const values = Object.values(map);
    const closed = mapped(values);
    if (closed !== values) changes[keyword] = Object.fromEntries(names.map((name, at) => [name, closed[at]]));
  }
  if (isListOfProperties(schema)) changes.additionalProperties = false;
  return Object.keys(changes).length === 0 ? schema : changed(schema, changes);
}

/** The list with each schema in it closed; the very same list when none changes. */
function mapped(list: readonly unknown[]): readonly unknown[] {
  const closed = list.map((item) => (isSchema(item) ? closedThroughout(item) : item));
  return closed.every((item, at) => item === list[at]) ? list : closed;
}

/** A copy that keeps what TypeBox notes on a schema in properties that do not show. */
function changed(schema: TSchema, changes: Record<string, unknown>): TSchema {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(schema));
  for (const [key, value] of Object.entries(changes)) {
    Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return copy as TSchema;
}

function isSchema(value: unknown): value is TSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfProperties(schema: TSchema): boolean {
  const { type, properties, additionalProperties, patternProperties } = schema as Record<string, unknown>;
  return (
    type === "object" &&
    properties !== undefined &&
    additionalProperties === undefined &&
    patternProperties === undefined
  );
}

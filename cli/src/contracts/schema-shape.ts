import {
  isAnnotation,
  isObject,
  type SchemaNode,
  type SchemaObject,
  type SchemaRoot,
} from "./schema-node.ts";

/** What a value can be; a number is an integer or has a fraction. */
export type ValueType = "null" | "boolean" | "object" | "array" | "string" | "integer" | "fraction";

export const VALUE_TYPES: readonly ValueType[] = [
  "null",
  "boolean",
  "object",
  "array",
  "string",
  "integer",
  "fraction",
];

/** A schema whose parts all have to hold, with its types and literals made comparable. */
export interface SchemaShape {
  readonly schema: SchemaObject;
  readonly types: ReadonlySet<ValueType>;
  /** No `type` is stated and none follows from literals. */
  readonly isTypeless: boolean;
  /** JSON of each literal that it accepts; null when it lists none. */
  readonly literals: ReadonlySet<string> | null;
}

export function shapeOf(node: SchemaNode, root: SchemaRoot): SchemaShape {
  if (typeof node === "boolean") {
    return {
      schema: {},
      types: new Set(node ? VALUE_TYPES : []),
      isTypeless: node,
      literals: null,
    };
  }
  const stated = typesOf(node, root);
  const listed = listedLiterals(node, root);
  if (listed === null) {
    return {
      schema: node,
      types: stated ?? new Set(VALUE_TYPES),
      isTypeless: stated === null,
      literals: null,
    };
  }
  const valid = stated === null ? listed : listed.filter((value) => stated.has(typeOfValue(value)));
  return {
    schema: node,
    types: new Set(valid.map(typeOfValue)),
    isTypeless: false,
    literals: new Set(valid.map(canonical)),
  };
}

/** What a schema without `type` is plainly meant for, by the keywords that it uses; null when they do not agree. */
export function meantTypes(schema: SchemaObject): ReadonlySet<ValueType> | null {
  const meant = new Set<ValueType>();
  for (const keyword of Object.keys(schema)) {
    for (const type of KEYWORD_TYPES[keyword] ?? []) meant.add(type);
  }
  return meant.size === 0 ? null : meant;
}

const KEYWORD_TYPES: Readonly<Record<string, readonly ValueType[]>> = {
  properties: ["object"],
  required: ["object"],
  additionalProperties: ["object"],
  patternProperties: ["object"],
  minProperties: ["object"],
  maxProperties: ["object"],
  items: ["array"],
  prefixItems: ["array"],
  minItems: ["array"],
  maxItems: ["array"],
  uniqueItems: ["array"],
  minLength: ["string"],
  maxLength: ["string"],
  pattern: ["string"],
  minimum: ["integer", "fraction"],
  maximum: ["integer", "fraction"],
  multipleOf: ["integer", "fraction"],
};

/** Whether anything in it decides about values. */
export function isOpen(schema: SchemaObject): boolean {
  return Object.keys(schema).every(isAnnotation);
}

/** JSON with its keys in order, so that equal values have equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}

function typesOf(schema: SchemaObject, root: SchemaRoot): ReadonlySet<ValueType> | null {
  if (schema.type === undefined) return null;
  const types = new Set<ValueType>();
  for (const type of Array.isArray(schema.type) ? schema.type : [schema.type]) {
    if (type === "number") types.add("integer").add("fraction");
    else types.add(type as ValueType);
  }
  if (root.isOpenApi30 && schema.nullable === true) types.add("null");
  return types;
}

function listedLiterals(schema: SchemaObject, root: SchemaRoot): readonly unknown[] | null {
  const list = Array.isArray(schema.enum) ? (schema.enum as readonly unknown[]) : null;
  if ("const" in schema) {
    const isListed = list === null || list.some((each) => canonical(each) === canonical(schema.const));
    return isListed ? [schema.const] : [];
  }
  // Everybody means it so, although a strict reading of 3.0 wants null in the list too.
  return list !== null && root.isOpenApi30 && schema.nullable === true && !list.includes(null)
    ? [...list, null]
    : list;
}

function typeOfValue(value: unknown): ValueType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "fraction";
  return typeof value as "string" | "boolean" | "object";
}

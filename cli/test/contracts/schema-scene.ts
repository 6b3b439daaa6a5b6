import type { SchemaObject } from "../../src/contracts/schema-node.ts";

/** Random choices that one number decides. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below `sides`. */
  roll(sides: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  }

  pick<Value>(list: readonly Value[]): Value {
    return list[this.roll(list.length)]!;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.roll(times) === 0;
  }
}

const NAMES = ["a", "b", "c", "d"];
const WORDS = ["red", "green", "blue", "x", "longer word", ""];
const PATTERNS = ["^[a-z]+$", "^x", "[0-9]"];
const FORMATS: Readonly<Record<string, string>> = {
  date: "2026-05-04",
  uuid: "7b0f3a3e-4a3c-4a59-9c1f-0d7e0f6b1a11",
  ipv4: "127.0.0.1",
};

/** A schema of the kinds that contracts and OpenAPI documents have. */
export function anySchema(dice: Dice, depth = 3): SchemaObject {
  const kinds = ["string", "string", "number", "integer", "boolean", "literals", "literals"];
  if (depth > 0)
    kinds.push("object", "object", "object", "array", "tuple", "union", "oneOf", "nullable", "allOf", "map");
  if (dice.once(25)) return {};
  switch (dice.pick(kinds)) {
    case "string":
      return stringSchema(dice);
    case "number":
      return { type: "number", ...numberLimits(dice) };
    case "integer":
      return { type: "integer", ...numberLimits(dice) };
    case "boolean":
      return { type: "boolean" };
    case "literals":
      return literals(dice);
    case "array":
      return {
        type: "array",
        items: anySchema(dice, depth - 1),
        ...(dice.once(3) ? { minItems: dice.roll(3) } : {}),
        ...(dice.once(3) ? { maxItems: 2 + dice.roll(3) } : {}),
        ...(dice.once(5) ? { uniqueItems: true } : {}),
      };
    case "tuple":
      return {
        type: "array",
        prefixItems: [anySchema(dice, depth - 1), anySchema(dice, depth - 1)].slice(dice.roll(2)),
        items: dice.once(2) ? false : anySchema(dice, 0),
        ...(dice.once(3) ? { minItems: 1 } : {}),
      };
    case "union":
      return {
        anyOf: [anySchema(dice, depth - 1), anySchema(dice, depth - 1), anySchema(dice, 0)].slice(
          dice.roll(2),
        ),
      };
    case "oneOf":
      return { oneOf: [anySchema(dice, depth - 1), anySchema(dice, depth - 1)] };
    case "nullable": {
      const inner = anySchema(dice, depth - 1);
      if (typeof inner.type === "string" && dice.once(2)) return { ...inner, type: [inner.type, "null"] };
      return { anyOf: [inner, { type: "null" }] };
    }
    case "allOf":
      return {
        allOf: [objectSchema(dice, depth - 1), dice.once(2) ? objectSchema(dice, 0) : anySchema(dice, 0)],
      };
    case "map":
      return {
        type: "object",
        additionalProperties: anySchema(dice, depth - 1),
        ...(dice.once(3) ? { properties: { a: anySchema(dice, 0) } } : {}),
        ...(dice.once(3) ? { patternProperties: { "^p": anySchema(dice, 0) } } : {}),
      };
    default:
      return objectSchema(dice, depth - 1);
  }
}

/** The schema with one thing changed, somewhere in it. */
export function mutated(schema: SchemaObject, dice: Dice): SchemaObject {
  const children = childrenOf(schema);
  if (children.length > 0 && !dice.once(3)) {
    const { child, put } = dice.pick(children);
    return put(mutated(child, dice));
  }
  switch (dice.roll(16)) {
    case 0:
      return anySchema(dice, 2);
    case 1:
      return { anyOf: [schema, anySchema(dice, 1)] };
    case 2:
      return { anyOf: [schema, { type: "null" }] };
    case 3:
      return { allOf: [schema, anySchema(dice, 1)] };
    case 4:
      return schema.type === "integer"
        ? { ...schema, type: "number" }
        : schema.type === "number"
          ? { ...schema, type: "integer" }
          : { ...schema, type: dice.pick(["string", "object", "array", "integer"]) };
    case 5: {
      const { type: _, ...rest } = schema;
      return rest;
    }
    case 6:
      return { ...schema, ...numberLimits(dice) };
    case 7: {
      const {
        minimum: _a,
        maximum: _b,
        minLength: _c,
        maxLength: _d,
        minItems: _e,
        maxItems: _f,
        ...rest
      } = schema;
      return rest;
    }
    case 8:
      return { ...schema, minLength: dice.roll(4), maxItems: dice.roll(4), minItems: dice.roll(2) };
    case 9: {
      const { pattern: _a, format: _b, uniqueItems: _c, multipleOf: _d, ...rest } = schema;
      return { ...rest, ...(dice.once(2) ? { pattern: dice.pick(PATTERNS), uniqueItems: true } : {}) };
    }
    case 10: {
      const { additionalProperties: _, ...rest } = schema;
      return dice.once(3)
        ? rest
        : { ...rest, additionalProperties: dice.pick([false, true, anySchema(dice, 0)]) };
    }
    case 11: {
      const list = Array.isArray(schema.enum) ? schema.enum : [];
      return list.length > 1 && dice.once(2)
        ? { ...schema, enum: list.slice(1) }
        : { ...schema, enum: [...list, dice.pick(WORDS), 3] };
    }
    case 12: {
      const properties = schema.properties as SchemaObject | undefined;
      if (properties === undefined) return schema;
      const { [dice.pick(NAMES)]: _, ...rest } = properties;
      return { ...schema, properties: rest };
    }
    case 13:
      return schema.properties === undefined
        ? schema
        : {
            ...schema,
            properties: { ...(schema.properties as SchemaObject), [dice.pick(NAMES)]: anySchema(dice, 1) },
          };
    case 14:
      return { ...schema, required: NAMES.filter(() => dice.once(3)) };
    default: {
      const union = Array.isArray(schema.anyOf) ? "anyOf" : Array.isArray(schema.oneOf) ? "oneOf" : null;
      if (union === null) return { ...schema, dependentRequired: { a: ["b"] } };
      const branches = schema[union] as SchemaObject[];
      return {
        [union]: dice.once(2) && branches.length > 1 ? branches.slice(1) : [...branches, anySchema(dice, 1)],
      };
    }
  }
}

/**
 * A value for a schema, often at its limits. Not always valid: conditions may contradict one another, so whoever
 * takes it validates it. Properties without a name are in it only where the schema says expressly that they may be.
 */
export function someValue(schema: SchemaObject | boolean, dice: Dice, depth = 5): unknown {
  if (typeof schema === "boolean" || Object.keys(schema).length === 0)
    return dice.pick([null, true, 7, 0.5, "x", [], {}]);
  if (depth < 0) return null;
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return dice.pick(schema.enum);
  for (const union of ["anyOf", "oneOf"]) {
    if (Array.isArray(schema[union])) {
      const chosen = someValue(dice.pick(schema[union] as SchemaObject[]), dice, depth - 1);
      return isPlain(chosen) && schema.properties !== undefined
        ? { ...(someValue({ ...schema, [union]: undefined }, dice, depth) as object), ...chosen }
        : chosen;
    }
  }
  if (Array.isArray(schema.allOf)) {
    const { allOf, ...own } = schema;
    const parts = [...(allOf as SchemaObject[]), own].map((part) => someValue(part, dice, depth - 1));
    return parts.every(isPlain) ? Object.assign({}, ...parts) : parts[0];
  }
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? typeOf(schema)];
  switch (dice.pick(types as string[])) {
    case "null":
      return null;
    case "boolean":
      return dice.once(2);
    case "string":
      return stringValue(schema, dice);
    case "integer":
      return numberValue(schema, dice, 1);
    case "number":
      return numberValue(schema, dice, 0.5);
    case "array":
      return arrayValue(schema, dice, depth);
    default:
      return objectValue(schema, dice, depth);
  }
}

/** The schema as one reads by who ignores what he does not know, also when he looks which branch a value has. */
export function opened(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(opened);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      key === "additionalProperties" && value === false
        ? []
        : [[key === "oneOf" ? "anyOf" : key, opened(value)]],
    ),
  );
}

function typeOf(schema: SchemaObject): string {
  if (schema.properties !== undefined || schema.required !== undefined) return "object";
  if (schema.items !== undefined) return "array";
  if (schema.minimum !== undefined || schema.maximum !== undefined) return "number";
  return "string";
}

function stringSchema(dice: Dice): SchemaObject {
  return {
    type: "string",
    ...(dice.once(3) ? { minLength: dice.roll(3) } : {}),
    ...(dice.once(3) ? { maxLength: 1 + dice.roll(10) } : {}),
    ...(dice.once(5) ? { pattern: dice.pick(PATTERNS) } : {}),
    ...(dice.once(6) ? { format: dice.pick(Object.keys(FORMATS)) } : {}),
  };
}

function numberLimits(dice: Dice): SchemaObject {
  return {
    ...(dice.once(3) ? { minimum: dice.roll(5) } : {}),
    ...(dice.once(3) ? { maximum: 4 + dice.roll(5) } : {}),
    ...(dice.once(6) ? { exclusiveMinimum: dice.roll(4) } : {}),
    ...(dice.once(6) ? { exclusiveMaximum: 5 + dice.roll(4) } : {}),
    ...(dice.once(8) ? { multipleOf: dice.pick([1, 2, 3]) } : {}),
  };
}

function literals(dice: Dice): SchemaObject {
  const words = WORDS.filter(() => dice.once(2));
  if (words.length === 0) return { const: dice.pick(WORDS) };
  return dice.once(2) ? { enum: words } : { anyOf: words.map((word) => ({ type: "string", const: word })) };
}

function objectSchema(dice: Dice, depth: number): SchemaObject {
  const names = NAMES.filter(() => dice.once(2));
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, anySchema(dice, depth)])),
    required: names.filter(() => dice.once(2)),
    ...(dice.once(2) ? { additionalProperties: false } : dice.once(4) ? { additionalProperties: true } : {}),
    ...(dice.once(8) ? { dependentRequired: { a: ["b"] } } : {}),
  };
}

interface Child {
  readonly child: SchemaObject;
  put(child: SchemaObject): SchemaObject;
}

function childrenOf(schema: SchemaObject): readonly Child[] {
  const children: Child[] = [];
  const add = (child: unknown, put: (child: SchemaObject) => SchemaObject) => {
    if (isPlain(child)) children.push({ child, put });
  };
  for (const key of ["anyOf", "oneOf", "allOf", "prefixItems"]) {
    const list = schema[key];
    if (!Array.isArray(list)) continue;
    list.forEach((each, at) => void add(each, (child) => ({ ...schema, [key]: list.with(at, child) })));
  }
  for (const key of ["items", "additionalProperties"])
    add(schema[key], (child) => ({ ...schema, [key]: child }));
  for (const key of ["properties", "patternProperties"]) {
    const members = schema[key];
    if (!isPlain(members)) continue;
    for (const [name, each] of Object.entries(members)) {
      add(each, (child) => ({ ...schema, [key]: { ...members, [name]: child } }));
    }
  }
  return children;
}

function stringValue(schema: SchemaObject, dice: Dice): string {
  if (typeof schema.format === "string") return FORMATS[schema.format] ?? "";
  const least = (schema.minLength as number | undefined) ?? 0;
  const most = (schema.maxLength as number | undefined) ?? least + 12;
  const length = dice.pick([least, most, Math.min(most, least + 1)]);
  if (schema.pattern === "^x") return `x${"q".repeat(Math.max(0, length - 1))}`;
  if (schema.pattern === "[0-9]") return "7".repeat(length);
  if (schema.pattern !== undefined) return "k".repeat(Math.max(1, length));
  return dice.once(3) ? dice.pick(WORDS) : dice.pick(["K", "k", "7", " "]).repeat(length);
}

function numberValue(schema: SchemaObject, dice: Dice, step: number): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema as Record<
    string,
    number
  >;
  if (multipleOf !== undefined) return multipleOf * dice.roll(6);
  const lowest = Math.max(minimum ?? -9, (exclusiveMinimum ?? -99) + step);
  const highest = Math.min(maximum ?? 30, (exclusiveMaximum ?? 99) - step);
  return dice.pick([lowest, highest, Math.min(highest, lowest + step), dice.roll(30)]);
}

function arrayValue(schema: SchemaObject, dice: Dice, depth: number): unknown {
  const first = (schema.prefixItems ?? []) as SchemaObject[];
  const least = (schema.minItems as number | undefined) ?? 0;
  const most = (schema.maxItems as number | undefined) ?? Math.max(least, first.length) + 2;
  const count =
    schema.items === false ? Math.min(first.length, dice.pick([least, most])) : dice.pick([least, most]);
  return Array.from({ length: count }, (_, at) =>
    someValue(first[at] ?? (schema.items as SchemaObject | undefined) ?? true, dice, depth - 1),
  );
}

function objectValue(schema: SchemaObject, dice: Dice, depth: number): unknown {
  const required = new Set((schema.required ?? []) as string[]);
  const value: Record<string, unknown> = {};
  for (const [name, property] of Object.entries((schema.properties ?? {}) as Record<string, SchemaObject>)) {
    if (required.has(name) || !dice.once(3)) value[name] = someValue(property, dice, depth - 1);
  }
  for (const name of required) value[name] ??= 1;
  const rest = schema.additionalProperties;
  if (rest !== undefined && rest !== false) {
    for (const name of [...NAMES, "other"].filter(() => dice.once(2))) {
      value[name] ??= someValue(rest as SchemaObject, dice, depth - 1);
    }
  }
  for (const pattern of Object.values((schema.patternProperties ?? {}) as Record<string, SchemaObject>)) {
    if (dice.once(2)) value.p1 = someValue(pattern, dice, depth - 1);
  }
  return value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

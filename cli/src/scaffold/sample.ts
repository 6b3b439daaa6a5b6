import type { JsonSchema } from "ashlar/module";

/** A value that a schema takes; undefined where that is not to be found without a guess, as for a pattern. */
export function sampleOf(schema: JsonSchema): unknown {
  const {
    type,
    const: constant,
    anyOf,
    properties,
    required,
    items,
    pattern,
    minimum,
    minLength,
  } = schema as Schema;
  if (constant !== undefined) return constant;
  if (anyOf !== undefined) return anyOf.map(sampleOf).find((each) => each !== undefined);
  switch (type) {
    case "object": {
      const entries = (required ?? []).map((key) => [key, sampleOf(properties?.[key] ?? {})] as const);
      return entries.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(entries);
    }
    case "array":
      return items === undefined || ((schema as Schema).minItems ?? 0) === 0 ? [] : [sampleOf(items)];
    case "string":
      return sampleText(pattern, minLength ?? 0);
    case "integer":
    case "number":
      return minimum ?? 1;
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return undefined;
  }
}

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly minLength?: number;
}

/** Texts that patterns of contracts usually are about. */
const USUAL = [
  "01890a5d-ac96-774b-bcce-b302099a8057",
  "USD",
  "2026-01-31",
  "2026-01-31T12:00:00.000Z",
  "some-text",
];

function sampleText(pattern: string | undefined, length: number): string | undefined {
  if (pattern === undefined) return "some-text".padEnd(length, "x");
  return USUAL.find((text) => new RegExp(pattern, "u").test(text) && text.length >= length);
}

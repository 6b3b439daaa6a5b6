import { type SchemaViolation, type TObject, type TSchema, validator } from "../contract/index.ts";
import { Refusal } from "./problem.ts";
import { pointerPart, refuseUnstorableText } from "./text-values.ts";

/** What the router makes of a part of the URL: texts, and a list where a query names a key more than once. */
type RawPart = Readonly<Record<string, string | readonly string[]>>;

/**
 * Reads the path's or the query's parameters. They are all texts, so a number, a boolean and a single element of
 * a list are made of them first, as the schema asks; then the schema decides.
 */
export type ReadUrlPart = (raw: RawPart) => unknown;

export function urlPart(schema: TObject | undefined, name: "params" | "query"): ReadUrlPart {
  if (schema === undefined) {
    return (raw) => {
      const keys = Object.keys(raw);
      if (keys.length === 0) return undefined;
      throw new Refusal("REQUEST_INVALID", { errors: keys.map((key) => unknownProperty(name, key)) });
    };
  }
  const check = validator(schema);
  const readers = new Map(Object.entries(schema.properties).map(([key, part]) => [key, readerOf(part)]));
  const defaults = Object.entries(schema.properties).filter(([, part]) => "default" in part);
  return (raw) => {
    const value: Record<string, unknown> = {};
    const errors: SchemaViolation[] = [];
    let isStorable = true;
    for (const key of Object.keys(raw)) {
      const text = raw[key]!;
      const read = readers.get(key);
      if (read === undefined) errors.push(unknownProperty(name, key));
      else if (typeof text === "string" || read.takesList) {
        value[key] = read.value(text);
        // Percent-decoding gives whole characters only, so NUL is all there is to look for.
        isStorable &&=
          typeof text === "string" ? !text.includes("\0") : !text.some((one) => one.includes("\0"));
      } else errors.push({ path: `/${name}/${key}`, message: "is given more than once" });
    }
    for (const [key, part] of defaults) {
      if (!(key in value)) value[key] = (part as { default: unknown }).default;
    }
    if (errors.length > 0) throw new Refusal("REQUEST_INVALID", { errors });
    if (!isStorable) refuseUnstorableText(value, `/${name}`);
    if (check.accepts(value)) return value;
    throw new Refusal("REQUEST_INVALID", { errors: below(`/${name}`, check.violations(value)) });
  };
}

function unknownProperty(name: string, key: string): SchemaViolation {
  return { path: `/${name}/${pointerPart(key)}`, message: "is not a known property" };
}

export function below(path: string, violations: readonly SchemaViolation[]): SchemaViolation[] {
  return violations.map((violation) => ({ ...violation, path: path + violation.path }));
}

interface Reader {
  readonly takesList: boolean;
  readonly value: (text: string | readonly string[]) => unknown;
}

function readerOf(schema: TSchema): Reader {
  const { items } = schema as { items?: TSchema };
  if (items !== undefined && !Array.isArray(items)) {
    const element = scalarReader(items);
    return {
      takesList: true,
      value: (text) => (typeof text === "string" ? [element(text)] : text.map(element)),
    };
  }
  const scalar = scalarReader(schema);
  return { takesList: false, value: (text) => scalar(text as string) };
}

/** A text that is not what the schema asks for stays a text, so that the schema can say what is wrong with it. */
function scalarReader(schema: TSchema): (text: string) => unknown {
  const kinds = kindsOf(schema);
  if (kinds.has("string")) return (text) => text;
  const takesNumber = kinds.has("number") || kinds.has("integer");
  const takesBoolean = kinds.has("boolean");
  return (text) => {
    if (takesNumber && NUMBER.test(text)) {
      const number = Number(text);
      // Beyond this a number would silently become another one.
      if (Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)))
        return number;
    }
    if (takesBoolean && (text === "true" || text === "false")) return text === "true";
    return text;
  };
}

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/**
 * The JSON types that a schema takes. A text that it lists by its value is left out: it is matched as it is, and
 * must not keep a number from being read in `Union([Integer(), Literal("all")])`.
 */
function kindsOf(schema: TSchema): Set<string> {
  const {
    type,
    anyOf,
    enum: values,
    const: constant,
  } = schema as {
    type?: string | string[];
    anyOf?: TSchema[];
    enum?: unknown[];
    const?: unknown;
  };
  if (anyOf !== undefined) return new Set(anyOf.flatMap((part) => [...kindsOf(part)]));
  const listed = constant === undefined ? values : [constant];
  if (listed !== undefined) {
    return new Set(listed.map((value) => typeof value).filter((kind) => kind !== "string"));
  }
  return new Set(type === undefined ? ["string"] : [type].flat());
}

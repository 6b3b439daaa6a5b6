import pg from "pg";
import { DatabaseError } from "./errors.ts";

/** A parameter as it travels: text, bytes or NULL. */
export type EncodedValue = string | Buffer | null;

/** Turns the text of one column into a JavaScript value. */
export type ValueParser = (text: string) => unknown;

/** The wire counts parameters in 16 bits. */
const MAX_PARAMETERS = 65_535;

type NestedTexts = (string | null | NestedTexts)[];

const TEXT_ARRAY = 1009;
const parseTextArray: (text: string) => NestedTexts = pg.types.getTypeParser(TEXT_ARRAY as number, "text");
const keepText: ValueParser = (text) => text;

/**
 * Where we differ from the driver: values that JavaScript cannot hold exactly (numeric, date, interval,
 * timestamp without zone) stay text, and bigint becomes a number or an error, never a rounded number.
 * Keys are type oids of pg_catalog, the array type second.
 */
const PARSERS = new Map<number, ValueParser>([
  ...typeAndArray(20, 1016, parseBigint),
  ...typeAndArray(1082, 1182, keepText), // date
  ...typeAndArray(1114, 1115, keepText), // timestamp
  ...typeAndArray(1186, 1187, keepText), // interval
  ...typeAndArray(1700, 1231, keepText), // numeric
]);

export function parserOf(typeOid: number): ValueParser {
  return PARSERS.get(typeOid) ?? pg.types.getTypeParser(typeOid, "text");
}

function typeAndArray(oid: number, arrayOid: number, parse: ValueParser): [number, ValueParser][] {
  return [
    [oid, parse],
    [arrayOid, (text) => parseElements(parseTextArray(text), parse)],
  ];
}

function parseElements(elements: NestedTexts, parse: ValueParser): unknown[] {
  return elements.map((element) => {
    if (element === null) return null;
    return typeof element === "string" ? parse(element) : parseElements(element, parse);
  });
}

function parseBigint(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new DatabaseError(
    "ASHLAR_VALUE_NOT_REPRESENTABLE",
    "A bigint beyond 2^53 was read, which a number cannot hold exactly. Select it as text (column::text).",
  );
}

const NO_VALUES: readonly EncodedValue[] = [];

/**
 * Encodes parameters before anything is sent, so a bad value costs neither a connection nor the transaction.
 * `undefined` is NULL. Throws ASHLAR_VALUE_NOT_STORABLE naming the parameter, never its value.
 */
export function encodeValues(values: readonly unknown[]): readonly EncodedValue[] {
  if (values.length === 0) return NO_VALUES;
  if (values.length > MAX_PARAMETERS) {
    throw new DatabaseError(
      "ASHLAR_STATEMENT_REFUSED",
      `A statement has ${values.length} parameters, PostgreSQL takes ${MAX_PARAMETERS}. Pass arrays and unnest them.`,
    );
  }
  const encoded = new Array<EncodedValue>(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = encodeValue(values[index], index);
    if (typeof value === "string" && (value.includes("\0") || !value.isWellFormed())) {
      throw notStorable(index, "text with a NUL character or half a surrogate pair");
    }
    encoded[index] = value;
  }
  return encoded;
}

function encodeValue(value: unknown, index: number): EncodedValue {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "undefined":
      return null;
    case "object":
      return value === null ? null : encodeObject(value, index);
    default:
      throw notStorable(index, `a ${typeof value}`);
  }
}

/** Arrays become Postgres arrays and plain objects JSON; a JSON array has to be stringified by the caller. */
function encodeObject(value: object, index: number): EncodedValue {
  if (value instanceof Date) return encodeDate(value, index);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return encodeArray(value, index);
  return JSON.stringify(value) ?? null;
}

/** PostgreSQL writes years before 1 as BC and has no sign before years above 9999. */
function encodeDate(date: Date, index: number): string {
  if (Number.isNaN(date.getTime())) throw notStorable(index, "an invalid Date");
  const text = date.toISOString();
  const year = date.getUTCFullYear();
  if (year >= 1 && year <= 9999) return text;
  const afterYear = text.slice(text.indexOf("-", 1));
  return year > 9999 ? `${year}${afterYear}` : `${String(1 - year).padStart(4, "0")}${afterYear} BC`;
}

function encodeArray(array: readonly unknown[], index: number): string {
  const elements = array.map((element) => {
    if (Array.isArray(element)) return encodeArray(element, index);
    const encoded = encodeValue(element, index);
    if (encoded === null) return "NULL";
    if (typeof encoded === "string") return `"${encoded.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
    return `"\\\\x${encoded.toString("hex")}"`;
  });
  return `{${elements.join(",")}}`;
}

function notStorable(index: number, what: string): DatabaseError {
  return new DatabaseError(
    "ASHLAR_VALUE_NOT_STORABLE",
    `Parameter $${index + 1} is ${what}, which PostgreSQL cannot store. Validate it before it gets here.`,
  );
}

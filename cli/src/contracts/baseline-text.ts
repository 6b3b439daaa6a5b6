import { isObject } from "./schema-node.ts";

/** How wide a list of plain values may be to stand on one line. */
const LINE = 110;

/**
 * JSON for a file that people review: keys in order, a line for each of them, a newline at the end. The same value
 * gives the same text.
 */
export function baselineText(value: unknown): string {
  return `${textOf(value, "", 0)}\n`;
}

function textOf(value: unknown, indent: string, before: number): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const line = `[${value.map((each) => JSON.stringify(each)).join(", ")}]`;
    const isPlain = value.every((each) => typeof each !== "object" || each === null);
    if (isPlain && before + line.length < LINE) return line;
    return `[\n${value.map((each) => `${inner}${textOf(each, inner, inner.length)}`).join(",\n")}\n${indent}]`;
  }
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  if (keys.length === 0) return "{}";
  const lines = keys.map((key) => {
    const name = `${inner}${JSON.stringify(key)}: `;
    return `${name}${textOf(value[key], inner, name.length)}`;
  });
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

import { loadSqlParser, parseSql } from "../../src/sql/parse.ts";
import { type Touch, touchesOf } from "../../src/sql/relations.ts";

await loadSqlParser();

/** What a text touches, in its order, each once: `read catalog.products`, `calls catalog.price`, `type catalog.money`. */
export function touched(text: string): string[] {
  const parsed = parseSql(text);
  if (parsed.fault !== null) throw new Error(`${parsed.fault.message}: ${text}`);
  const temporary = new Set<string>();
  const touches = parsed.statements.flatMap((each) => touchesOf(parsed, each, text, temporary).touches);
  return [...new Set(touches.filter(isInteresting).map(inWords))];
}

/** Everything that a text says of itself besides. */
export function read(text: string) {
  const parsed = parseSql(text);
  const all = parsed.statements.map((each) => touchesOf(parsed, each, text));
  return {
    settings: all.flatMap(({ settings }) => settings.map(({ by, name }) => `${by} ${name}`)),
    dynamic: all.flatMap(({ dynamic }) => dynamic.map(({ what }) => what)),
    columns: [
      ...new Set(
        all.flatMap(({ columns }) => columns.map(({ schema, table, name }) => `${schema}.${table}.${name}`)),
      ),
    ],
  };
}

/** Where in the text each touched relation is found to stand. */
export function places(text: string): string[] {
  const parsed = parseSql(text);
  return parsed.statements
    .flatMap((each) => touchesOf(parsed, each, text).touches)
    .filter(({ kind }) => kind === "relation")
    .map(({ schema, name, index }) => `${schema}.${name} at ${JSON.stringify(text.slice(index, index + 6))}`);
}

function isInteresting({ kind, schema }: Touch): boolean {
  return schema !== "pg_catalog" && (kind === "relation" || schema !== null);
}

function inWords({ kind, access, schema, name }: Touch): string {
  const full = schema === null ? name : `${schema}.${name}`;
  if (kind === "schema") return `schema ${name}`;
  if (kind === "relation") return `${access} ${full}`;
  if (kind === "function" && access === "read") return `call ${full}`;
  return access === "define" ? `define ${kind} ${full}` : `${kind} ${full}`;
}

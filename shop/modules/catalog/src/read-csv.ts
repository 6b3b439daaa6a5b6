import { CsvRecord } from "./csv-record.ts";
import { fileUnreadable } from "./file-unreadable.ts";
import type { ImportEntry } from "./import-entry.ts";
import { knownFields, requiredFields } from "./import-row.ts";
import type { Line } from "./lines.ts";

/**
 * Rows of a CSV file whose first record names the columns. Throws FILE_UNREADABLE before the first row when the
 * header cannot be that of products. Blank lines between records are skipped.
 */
export async function* readCsv(lines: AsyncIterable<Line>): AsyncGenerator<ImportEntry> {
  let columns: readonly string[] | undefined;
  for await (const record of recordsOf(lines)) {
    if ("reason" in record) {
      if (columns === undefined) throw fileUnreadable(`the header in line ${record.line}: ${record.reason}`);
      yield record;
    } else if (columns === undefined) {
      columns = readHeader(record.fields);
    } else if (record.fields.length !== columns.length) {
      const [has, names] = [record.fields.length, columns.length];
      yield { line: record.line, reason: `the row has ${has} fields and the header names ${names}` };
    } else {
      yield { line: record.line, row: readFields(columns, record.fields) };
    }
  }
  if (columns === undefined) throw fileUnreadable("it is empty; its first line must name the columns");
}

function readHeader(fields: readonly string[]): readonly string[] {
  const columns = fields.map((field) => field.trim().toLowerCase());
  const expected = `expected are ${[...knownFields].join(", ")}, separated by commas`;
  const missing = requiredFields.filter((name) => !columns.includes(name));
  if (missing.length > 0)
    throw fileUnreadable(`the header names no column ${missing.join(", ")}; ${expected}`);
  const unknown = columns.filter((name) => !knownFields.has(name));
  if (unknown.length > 0) {
    throw fileUnreadable(
      `the header names ${unknown.map((name) => JSON.stringify(name)).join(", ")}; ${expected}`,
    );
  }
  if (new Set(columns).size < columns.length) throw fileUnreadable("the header names a column twice");
  return columns;
}

/** An empty field is a field left out. */
function readFields(columns: readonly string[], fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    columns.flatMap((column, index) => {
      const text = fields[index]!.trim();
      return text === "" ? [] : [[column, readField(column, text)]];
    }),
  );
}

/** CSV has texts only, so the columns that are none are read here; what cannot be read is left to be refused. */
function readField(column: string, text: string): unknown {
  switch (column) {
    case "popularity":
    case "stock":
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case "categories":
      return readCategories(text);
    default:
      return text;
  }
}

/** A JSON array, or names separated by `|`. */
function readCategories(text: string): unknown {
  if (!text.startsWith("[")) return text.split("|").map((category) => category.trim());
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

type CsvEntry =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly reason: string };

/**
 * Joins lines into records. When a record turns out faulty, only its first line is given up, and reading starts anew
 * at the next one: a forgotten quote costs the row it stands in and not the rows it seems to swallow.
 */
async function* recordsOf(lines: AsyncIterable<Line>): AsyncGenerator<CsvEntry> {
  /** Lines taken into the open record, so that they can be read again. */
  let taken: { readonly number: number; readonly text: string }[] = [];
  let record = new CsvRecord();

  function* giveUp(reason: string): Generator<CsvEntry> {
    const [first, ...again] = taken;
    taken = [];
    record = new CsvRecord();
    yield { line: first!.number, reason };
    for (const line of again) yield* take(line);
  }

  function* take(line: { readonly number: number; readonly text: string }): Generator<CsvEntry> {
    if (taken.length === 0 && line.text.trim() === "") return;
    taken.push(line);
    const state = record.push(line.text);
    if (state === "open") return;
    if (state !== "complete") {
      yield* giveUp(`the row ${state.fault}`);
      return;
    }
    yield { line: taken[0]!.number, fields: record.fields };
    taken = [];
    record = new CsvRecord();
  }

  for await (const line of lines) {
    if ("text" in line) {
      yield* take(line);
      continue;
    }
    while (taken.length > 0) yield* giveUp("the row has a quote that is never closed");
    yield { line: line.number, reason: `the line ${line.fault}` };
  }
  while (taken.length > 0) yield* giveUp("the row has a quote that is never closed");
}

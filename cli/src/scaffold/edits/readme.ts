import { table } from "../source/lines.ts";

/** A row of a README's table, by the titles of its columns; what a table has no column for is left out. */
export interface ReadmeRow {
  /** Title of the first column, by which the table is found. */
  readonly key: "operation" | "route" | "event" | "subscriber" | "job" | "table";
  readonly cells: Readonly<Record<string, string>>;
  /** For columns that tables of this sort have elsewhere. */
  readonly also?: Readonly<Record<string, string>>;
  /** Where a table is made when there is none. */
  readonly section: string;
}

/** Adds a row to the README's table of such things; where there is none, that table, in its section if there is one. */
export function addRow(text: string, given: ReadmeRow): string {
  const row = { ...given, cells: escaped(given.cells), also: escaped(given.also ?? {}) };
  const lines = text.split("\n");
  const header = headerOf(lines, row.key);
  if (header < 0) return addTable(lines, row);
  const titles = cellsOf(lines[header]!)!;
  let end = header + 2;
  while (lines[end]?.startsWith("|")) end++;
  const cells = titles.map((title) => row.cells[title] ?? row.also[title] ?? "");
  const table = lines.slice(header, end);
  // A table that is lined up stays so, whatever becomes of its widths.
  const isLinedUp = table.every((line) => line.length === table[0]!.length);
  const added = isLinedUp
    ? tableLines([titles, ...table.slice(2).map((line) => cellsOf(line)!), cells])
    : [...table, rowLike(table[1]!, cells)];
  return lines.toSpliced(header, end - header, ...added).join("\n");
}

/** Whether the README has a table of such things with a column of that title. */
export function hasColumn(text: string, key: ReadmeRow["key"], title: string): boolean {
  const lines = text.split("\n");
  const header = headerOf(lines, key);
  return header >= 0 && cellsOf(lines[header]!)!.includes(title);
}

function headerOf(lines: readonly string[], key: string): number {
  return lines.findIndex(
    (line, index) => cellsOf(line)?.[0] === key && /^\|[ :|-]+\|$/.test(lines[index + 1] ?? ""),
  );
}

function addTable(lines: readonly string[], { cells, section }: ReadmeRow): string {
  const titles = Object.keys(cells);
  const made = table([titles, titles.map((title) => cells[title]!)]);
  const heading = lines.lastIndexOf(`## ${section}`);
  if (heading < 0) return `${lines.join("\n").trimEnd()}\n\n## ${section}\n\n${made}\n`;
  const next = lines.findIndex((line, index) => index > heading && line.startsWith("## "));
  const end = next < 0 ? lines.length : next;
  const rest = lines.slice(end).join("\n");
  const body = lines.slice(0, end).join("\n").trimEnd();
  return `${body}\n\n${made}\n${rest === "" ? "" : `\n${rest}`}`;
}

/** A bar would begin the next cell. */
function escaped(cells: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(cells).map(([title, cell]) => [title, cell.replaceAll("|", "\\|")]),
  );
}

/** As wide as the line under the titles, as far as the cells allow that. */
function rowLike(ruler: string, cells: readonly string[]): string {
  // Without spaces it says nothing about widths.
  const widths = ruler.split("|").map((cell) => (cell.startsWith(" ") ? cell.length - 2 : 0));
  return `| ${cells.map((cell, column) => cell.padEnd(widths[column + 1]!)).join(" | ")} |`;
}

const tableLines = (rows: readonly (readonly string[])[]) => table(rows).split("\n");

function cellsOf(line: string): string[] | null {
  return line.startsWith("|")
    ? line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim())
    : null;
}

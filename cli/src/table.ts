import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

export interface Column<Row> {
  readonly title: string;
  cell(row: Row): string;
  readonly align?: "right";
  /** Gives way before the others when the terminal is too narrow. */
  readonly gives?: true;
  /** Colours the cell, on a terminal. */
  style?(row: Row): Style | undefined;
}

const GAP = "  ";
const NARROWEST = 10;

/** Lines of text in columns, within the width of the terminal. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width = terminalWidth(),
): string {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((line) => line[index]!.length)),
  );
  const available = width - GAP.length * (columns.length - 1);
  narrow(widths, available, (index) => columns[index]!.gives === true);
  narrow(widths, available, () => true);
  const line = (texts: readonly string[], styleOf: (index: number) => Style | undefined) =>
    texts
      .map((text, index) => {
        const cut = text.length > widths[index]! ? `${text.slice(0, widths[index]! - 1)}…` : text;
        const isLast = index === columns.length - 1;
        const padded =
          columns[index]!.align === "right"
            ? cut.padStart(widths[index]!)
            : isLast
              ? cut
              : cut.padEnd(widths[index]!);
        return colour(styleOf(index), padded);
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      () => "bold",
    ),
    ...cells.map((texts, row) => line(texts, (index) => columns[index]!.style?.(rows[row]!))),
  ].join("\n");
}

/** Colours only what goes to a terminal, and not when NO_COLOR asks for none. */
export function colour(style: Style | undefined, text: string): string {
  return style === undefined
    ? text
    : styleText(style, text, { stream: process.stdout, validateStream: true });
}

export function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 job`, `1,234 jobs`. */
export function plural(count: number, word: string): string {
  return `${number(count)} ${word}${count === 1 ? "" : "s"}`;
}

/** How many letters fit into a line: of the terminal, as COLUMNS says, or 80. */
export function terminalWidth(): number {
  const given = Number(process.env.COLUMNS);
  if (Number.isInteger(given) && given >= 40) return given;
  // A terminal that knows no size says 0.
  return process.stdout.columns || 80;
}

/** Of the columns that may give way, the widest does, letter by letter. */
function narrow(widths: number[], available: number, gives: (index: number) => boolean): void {
  const givers = widths.map((_, index) => index).filter(gives);
  for (let total = widths.reduce((sum, each) => sum + each, 0); total > available; total--) {
    const [widest] = givers.toSorted((one, other) => widths[other]! - widths[one]!);
    if (widest === undefined || widths[widest]! <= NARROWEST) return;
    widths[widest]!--;
  }
}

/** Texts come from anywhere: none may move the cursor or begin a new line. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
}

import { colour, oneLine } from "../table.ts";
import type { Canvas } from "./canvas.ts";
import { NO_PURPOSE, ownersText, type Section, sectionsOf } from "./canvas-sections.ts";
import { fold } from "./fold.ts";

/** A canvas for a terminal. */
export function canvasText(canvas: Canvas, width: number): string {
  const head = [
    colour("bold", canvas.module),
    ...fold(oneLine(canvas.purpose ?? NO_PURPOSE).split(" "), " ", width),
    "",
    `${colour("dim", "owners")}  ${oneLine(ownersText(canvas))}`,
    `${colour("dim", "folder")}  ${canvas.directory}`,
  ];
  return [...head, ...sectionsOf(canvas).flatMap((section) => ["", ...sectionLines(section, width)])].join(
    "\n",
  );
}

function sectionLines({ title, columns, rows }: Section, width: number): string[] {
  if (columns.length === 1) {
    const names = rows.map(([name]) => oneLine(name!));
    return [colour("bold", title), ...fold(names, ", ", width - 2).map((line) => `  ${line}`)];
  }
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => oneLine(row[index]!).length)));
  const lines = rows.flatMap((row) => {
    const lead = row
      .slice(0, -1)
      .map((cell, index) => oneLine(cell).padEnd(widths[index]!))
      .join("  ");
    const room = Math.max(24, width - lead.length - 4);
    const [first = "", ...more] = fold(oneLine(row.at(-1)!).split(" "), " ", room);
    return [
      `  ${lead}  ${emphasis(first)}`.trimEnd(),
      ...more.map((line) => `  ${" ".repeat(lead.length)}  ${line}`),
    ];
  });
  return [colour("bold", title), ...lines];
}

function emphasis(text: string): string {
  return colour(text === "atomic" || text === "joins" ? "cyan" : undefined, text);
}

import { age } from "../durations.ts";
import { colour, table } from "../table.ts";
import type { Comparison } from "./comparison.ts";
import { comparisonSections, HOW_TO_OBSERVE, sourcesText } from "./comparison-sections.ts";
import { fold } from "./fold.ts";

/** Declared against observed, for a terminal. */
export function comparisonText(comparison: Comparison, width: number, now = Date.now()): string {
  if (comparison.sources.length === 0) return fold(HOW_TO_OBSERVE.split(" "), " ", width).join("\n");
  return [
    `${colour("bold", "Declared against observed")}  ${colour("dim", sourcesText(comparison.sources))}`,
    ...comparisonSections(comparison, (at) => age(now - Date.parse(at))).flatMap(
      ({ title, columns, rows, empty }) => [
        "",
        colour("bold", title),
        ...(rows.length === 0
          ? [`  ${empty}`]
          : table(
              rows,
              columns.map((column, index) => ({
                title: column.toUpperCase(),
                cell: (row: readonly string[]) => row[index]!,
                ...(column === "times" ? { align: "right" as const } : {}),
              })),
              width - 2,
            )
              .split("\n")
              .map((line) => `  ${line}`)),
      ],
    ),
  ].join("\n");
}

import { type Result, ratioUnit } from "./harness.ts";

/** One JSON object a line; the form that other programs read. */
export function jsonLine({ table, row, system, unit, median, min, max, n }: Result): string {
  return JSON.stringify({ table, row, system, unit, median, min, max, n });
}

const HEAD = ["row", "system", "unit", "median", "min–max", "n", "ratio (min–max)"];

/** A Markdown table: readable in a terminal, and what docs/reference/performance.md quotes. */
export function markdownTable(results: readonly Result[]): string {
  const byRatio = new Map(results.map((result) => [keyOf(result, result.unit), result]));
  const lines = results
    .filter(({ unit }) => !unit.startsWith("ratio of "))
    .map((result) => {
      const ratio = results
        .filter(({ row }) => row === result.row)
        .map(({ system }) => byRatio.get(keyOf(result, ratioUnit(result.unit, system))))
        .find((found) => found !== undefined);
      return [
        result.row,
        result.system,
        result.unit,
        figure(result.median),
        `${figure(result.min)}–${figure(result.max)}`,
        String(result.n),
        ratio === undefined
          ? ""
          : `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`,
      ];
    });
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]!.length)),
  );
  const format = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [
    format(HEAD),
    `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
    ...lines.map(format),
  ].join("\n");
}

function keyOf({ row, system }: Result, unit: string): string {
  return JSON.stringify([row, system, unit]);
}

/** Three significant digits, without exponents. */
function figure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 6)).replace(/\B(?=(\d{3})+(?!\d|\.))/g, decimals === 0 ? "," : "");
}

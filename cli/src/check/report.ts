import { colour, number, oneLine, plural } from "../table.ts";
import type { Violation } from "./violation.ts";

/** What `ashlar check --json` answers. */
export interface CheckReport {
  /** Errors and notes, by file, line and column. */
  readonly violations: readonly Violation[];
  readonly counts: {
    readonly errors: number;
    readonly notes: number;
    /** Covered by the ratchet. */
    readonly adopted: number;
    readonly modules: number;
    /** Source files and migrations of modules. */
    readonly files: number;
    /** Of these, how many were not in the cache as they are. */
    readonly freshFiles: number;
  };
  readonly milliseconds: number;
}

/** File by file, with the remedy below what it is for, and one line that sums up. */
export function reportText(report: CheckReport): string {
  const files = Map.groupBy(report.violations, ({ file }) => file);
  const blocks = [...files.values()].map((violations) => violations.map(lines).join("\n"));
  return [...blocks, summary(report)].join("\n\n");
}

function lines({ file, line, column, rule, severity, message, remedy }: Violation): string {
  const isNote = severity === "note";
  const head = `${colour("bold", `${file}:${line}:${column}`)}  ${colour(isNote ? "yellow" : "red", isNote ? `note ${rule}` : rule)}  ${oneLine(message)}`;
  return `${head}\n    ${colour("dim", remedy)}`;
}

function summary({ counts, milliseconds }: CheckReport): string {
  const { errors, notes, adopted, modules, files } = counts;
  const found =
    errors > 0
      ? colour("red", plural(errors, "violation"))
      : colour("green", adopted > 0 ? "no new violation" : "no wall crossed");
  const parts = [
    found,
    ...(adopted > 0 ? [`${number(adopted)} adopted`] : []),
    ...(notes > 0 ? [plural(notes, "note")] : []),
  ];
  return `${parts.join(", ")}: ${plural(modules, "module")}, ${plural(files, "file")}, ${(milliseconds / 1000).toFixed(1)} s`;
}

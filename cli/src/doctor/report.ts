import type { Finding, Severity } from "ashlar/doctor";
import { colour, number, oneLine, plural } from "../table.ts";

const STYLES = { error: "red", warning: "yellow", note: "cyan", ok: "green" } as const satisfies Record<
  Severity,
  string
>;
const TOLD = ["error", "warning", "note"] as const;
/** Of evidence and remedies, below the titles. */
const INDENT = 9;
/** Longer lines are hard to read, however wide the terminal is. */
const WIDTH = Math.min(Math.max(process.stdout.columns ?? 100, 60), 100);
/** More of the same kind tells nothing new; --json has all. */
const MOST_LINES = 12;

/** The findings for people: worst first, what is well in one line. */
export function report(findings: readonly Finding[], isVerbose: boolean): string {
  const well = findings.filter(({ severity }) => severity === "ok");
  const blocks = findings
    .filter(({ severity }) => isVerbose || severity !== "ok")
    .map((finding) => block(finding, isVerbose));
  return [...blocks, summary(findings, well)].join("\n\n");
}

function block({ check, severity, title, evidence, remedy }: Finding, isVerbose: boolean): string {
  return [
    `${colour(STYLES[severity], severity.padEnd(INDENT - 2))}  ${colour("bold", oneLine(title))}  ${colour("dim", check)}`,
    ...shown(evidence, isVerbose).flatMap((line) => wrapped(line, "", "  ")),
    ...shown(remedy === null ? [] : remedy.split("\n"), isVerbose).flatMap((line, index) =>
      wrapped(line, index === 0 ? "→ " : "  ", "  "),
    ),
  ].join("\n");
}

function shown(lines: readonly string[], isVerbose: boolean): readonly string[] {
  if (isVerbose || lines.length <= MOST_LINES) return lines;
  const left = lines.length - MOST_LINES + 1;
  return [...lines.slice(0, -left), `and ${number(left)} more; --verbose shows them`];
}

/** Breaks prose into lines. SQL stays in one piece, to be copied. */
function wrapped(text: string, first: string, further: string): string[] {
  const line = oneLine(text);
  const start = " ".repeat(INDENT);
  if (/;( --.*)?$/.test(line)) return [`${start}${first}${line}`];
  const lines: string[] = [];
  let current = `${start}${first}`;
  let isEmpty = true;
  for (const word of line.split(" ")) {
    if (!isEmpty && current.length + 1 + word.length > WIDTH) {
      lines.push(current);
      current = `${start}${further}${word}`;
      continue;
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current];
}

function summary(findings: readonly Finding[], well: readonly Finding[]): string {
  const counts = TOLD.map((severity) => ({
    severity,
    count: findings.filter((finding) => finding.severity === severity).length,
  })).filter(({ count }) => count > 0);
  const wrong = counts.map(({ severity, count }) => colour(STYLES[severity], plural(count, severity)));
  const good = colour(STYLES.ok, `${plural(well.length, "check")} found nothing wrong`);
  return `${[...wrong, good].join(", ")}.`;
}

import { styleText } from "node:util";
import type { Change } from "./change.ts";

const CONTEXT = 2;

/** The changes as a reader of patches knows them. */
export function changeListing(changes: readonly Change[]): string {
  return changes.map((change) => listed(change).join("\n")).join("\n");
}

interface Line {
  readonly sign: " " | "+" | "-";
  readonly text: string;
  /** Where it stands, or would stand, in the file as it is now; from 1. */
  readonly number: number;
}

function listed({ file, before, after }: Change): string[] {
  const lines = compared(linesOf(before ?? ""), linesOf(after));
  const shown = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== " "),
  );
  return [
    style("bold", `--- ${before === null ? "/dev/null" : file}`),
    style("bold", `+++ ${file}`),
    ...lines.flatMap(({ sign, text, number }, index) => {
      if (!shown[index]) return [];
      const line = sign === " " ? ` ${text}` : style(sign === "+" ? "green" : "red", `${sign}${text}`);
      const begins = before !== null && (index === 0 || !shown[index - 1]);
      return begins ? [style("cyan", `@@ line ${number} @@`), line] : [line];
    }),
  ];
}

/** Line by line, as far as insertions and single rewritten lines need it, which is all that generators do. */
function compared(old: readonly string[], now: readonly string[]): Line[] {
  const lines: Line[] = [];
  let end = 0;
  while (end < Math.min(old.length, now.length) && old.at(-1 - end) === now.at(-1 - end)) end++;
  const [oldEnd, nowEnd] = [old.length - end, now.length - end];
  let at = 0;
  for (const [index, text] of old.slice(0, oldEnd).entries()) {
    const found = now.indexOf(text, at);
    if (found < 0 || found >= nowEnd) {
      lines.push({ sign: "-", text, number: index + 1 });
      continue;
    }
    lines.push(...now.slice(at, found).map((added): Line => ({ sign: "+", text: added, number: index + 1 })));
    lines.push({ sign: " ", text, number: index + 1 });
    at = found + 1;
  }
  const added = now.slice(at, nowEnd).map((text): Line => ({ sign: "+", text, number: oldEnd + 1 }));
  const kept = old
    .slice(oldEnd)
    .map((text, index): Line => ({ sign: " ", text, number: oldEnd + index + 1 }));
  return [...lines, ...added, ...kept];
}

const style = (format: "green" | "red" | "bold" | "cyan", text: string) =>
  styleText(format, text, { stream: process.stdout });
const linesOf = (text: string) => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

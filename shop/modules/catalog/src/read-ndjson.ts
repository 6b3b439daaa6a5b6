import type { ImportEntry } from "./import-entry.ts";
import type { Line } from "./lines.ts";

/** One JSON value a line. Blank lines are skipped. */
export async function* readNdjson(lines: AsyncIterable<Line>): AsyncGenerator<ImportEntry> {
  for await (const line of lines) {
    if ("fault" in line) yield { line: line.number, reason: `the line ${line.fault}` };
    else if (line.text.trim() !== "") yield parsed(line.number, line.text);
  }
}

function parsed(line: number, text: string): ImportEntry {
  try {
    return { line, row: JSON.parse(text) as unknown };
  } catch {
    return { line, reason: "the line is not valid JSON" };
  }
}

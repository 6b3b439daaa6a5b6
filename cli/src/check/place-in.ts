import type { Place } from "./file-facts.ts";

/** The line and column of an index into a text, counted in UTF-16 units as editors do. */
export function placeIn(text: string, index: number): Place {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end !== -1 && end < index; end = text.indexOf("\n", start)) {
    line++;
    start = end + 1;
  }
  return { line, column: index - start + 1 };
}

import type { Node, Span } from "oxc-parser";
import type { ArrayLiteral, ObjectLiteral } from "./syntax.ts";

/** Puts a text into another. */
export function insertAt(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

/** Puts an element at the end of an array, laid out as its others are. */
export function addElement(text: string, array: ArrayLiteral, element: string): string {
  const last = array.elements.findLast((each) => each !== null) ?? null;
  return addToList(text, array, last, element, "");
}

/** Puts a property or a shorthand at the end of an object, or behind one of its properties. */
export function addProperty(
  text: string,
  object: ObjectLiteral | Extract<Node, { type: "ObjectPattern" }>,
  property: string,
  behind: Span | null = object.properties.at(-1) ?? null,
): string {
  return addToList(text, object, behind, property, " ");
}

/** The spaces that a line begins with. */
export function indentationAt(text: string, at: number): string {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))![0];
}

function addToList(text: string, list: Span, last: Span | null, added: string, padding: string): string {
  if (last === null) {
    const inside = text.slice(list.start + 1, list.end - 1);
    // What stands between the brackets is a comment, if it is anything; it stays in front.
    const glue = inside.trim() === "" ? "" : `${inside.trimEnd()}\n`;
    const isLong = added.includes("\n") || glue !== "";
    const indentation = indentationAt(text, list.start);
    const content = isLong
      ? `${glue === "" ? "\n" : glue}${indentation}  ${indented(added, `${indentation}  `)},\n${indentation}`
      : `${padding}${added}${padding}`;
    return text.slice(0, list.start + 1) + content + text.slice(list.end - 1);
  }
  const comma = commaBehind(text, last.end, list.end);
  const isMultiline = text.slice(list.start, last.start).includes("\n");
  if (!isMultiline && !added.includes("\n")) return insertAt(text, last.end, `, ${added}`);
  const indentation = isMultiline ? indentationAt(text, last.start) : `${indentationAt(text, list.start)}  `;
  const line = `\n${indentation}${indented(added, indentation)}`;
  if (comma === null) return insertAt(text, last.end, `,${line}`);
  // A comment on the line of the element before belongs to that.
  const remark = /^[ \t]*\/\/[^\n]*/.exec(text.slice(comma + 1))?.[0] ?? "";
  return insertAt(text, comma + 1 + remark.length, `${line},`);
}

function indented(added: string, indentation: string): string {
  return added.replaceAll(/\n(?=[^\n])/g, `\n${indentation}`);
}

/** Where the comma behind an element is; null behind a last one that has none. */
function commaBehind(text: string, from: number, end: number): number | null {
  const match = /^(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*\n)*,/.exec(text.slice(from, end));
  return match === null ? null : from + match[0].length - 1;
}

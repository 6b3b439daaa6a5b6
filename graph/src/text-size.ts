/**
 * Widths of text without a browser. Nobody knows which font will show it, so these are of the widest that are usual
 * (DejaVu Sans, Verdana), in parts of the font's size; in others a text takes less.
 */
export function textWidth(text: string, fontSize: number, isBold = false): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return ems * fontSize * (isBold ? 1.13 : 1);
}

/** The text, or as much of its beginning as fits into `width` before an ellipsis. */
export function shorten(text: string, width: number, fontSize: number, isBold = false): string {
  if (textWidth(text, fontSize, isBold) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join("")}…`, fontSize, isBold) > width) {
    characters.pop();
  }
  return `${characters.join("")}…`;
}

/**
 * The text in at most two lines of `width`, broken where words of a name meet; what is too long even so is shortened.
 */
export function wrap(text: string, width: number, fontSize: number, isBold = false): readonly string[] {
  if (textWidth(text, fontSize, isBold) <= width) return [text];
  const breaks = [...text.matchAll(/[_\s-](?=.)/g)].map(({ index }) => index + 1);
  const end = breaks.findLast((at) => textWidth(text.slice(0, at).trimEnd(), fontSize, isBold) <= width);
  if (end === undefined) return [shorten(text, width, fontSize, isBold)];
  return [text.slice(0, end).trimEnd(), shorten(text.slice(end), width, fontSize, isBold)];
}

function emsOf(character: string): number {
  if (/[ijl|'.,:;!]/.test(character)) return 0.34;
  if (/[ frt()[\]·]/.test(character)) return 0.42;
  if (/[mwMW@%]/.test(character)) return 1;
  if (/[a-z0-9_-]/.test(character)) return 0.65;
  return character >= "\u0020" && character < "\u007f" ? 0.8 : 1.1;
}

/** A line of a file by its number from 1: its text, or why it has none. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly fault: string };

/** A longer line is skipped, not kept: memory stays bounded whatever is sent. */
export const LONGEST_LINE_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Splits a stream of bytes into lines ended by LF or CRLF, the last one also by the end of the file. A byte order
 * mark at the beginning is dropped. A line that is too long or not UTF-8 is a fault, and the next one goes on: a
 * newline is never part of another character.
 */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 1;
  let pieces: Uint8Array[] = [];
  let length = 0;
  const keep = (piece: Uint8Array) => {
    length += piece.length;
    if (length <= LONGEST_LINE_BYTES) pieces.push(piece);
    else pieces = [];
  };
  const finish = (): Line => {
    const line = length > LONGEST_LINE_BYTES ? tooLong(number) : decoded(number, Buffer.concat(pieces));
    number++;
    pieces = [];
    length = 0;
    return line;
  };
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      keep(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    if (start < chunk.length) keep(chunk.subarray(start));
  }
  if (length > 0) yield finish();
}

function tooLong(number: number): Line {
  return { number, fault: `is longer than ${LONGEST_LINE_BYTES} bytes` };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decoded(number: number, bytes: Uint8Array): Line {
  try {
    const text = utf8.decode(bytes).replace(/\r$/, "");
    return { number, text: number === 1 ? text.replace(/^\uFEFF/, "") : text };
  } catch {
    return { number, fault: "is not valid UTF-8" };
  }
}

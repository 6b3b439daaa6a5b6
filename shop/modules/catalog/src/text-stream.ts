import { fileUnreadable } from "./file-unreadable.ts";

const LOOKED_AT_BYTES = 1_000;

/**
 * Passes a stream on when its beginning looks like text, and throws FILE_UNREADABLE otherwise. Images, archives and
 * UTF-16 are full of bytes that no UTF-8 text has; a single damaged character is left to its row.
 */
export async function* refuseBinary(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let beginning: Uint8Array | null = new Uint8Array();
  for await (const chunk of body) {
    if (beginning === null) {
      yield chunk;
      continue;
    }
    beginning = beginning.length === 0 ? chunk : Buffer.concat([beginning, chunk]);
    if (beginning.length < LOOKED_AT_BYTES) continue;
    yield checked(beginning);
    beginning = null;
  }
  if (beginning !== null && beginning.length > 0) yield checked(beginning);
}

function checked(beginning: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(beginning.subarray(0, LOOKED_AT_BYTES));
  let strange = 0;
  for (const character of text) if (isStrange(character)) strange++;
  if (strange * 10 > text.length) {
    throw fileUnreadable("it is not text in UTF-8; unpack it, or save it as NDJSON or CSV in UTF-8");
  }
  return beginning;
}

/** Control characters other than tab and line ends, and what was not UTF-8. */
function isStrange(character: string): boolean {
  return character === "\uFFFD" || (character < " " && !"\t\r\n".includes(character));
}

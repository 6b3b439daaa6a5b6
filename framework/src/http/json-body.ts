import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Limits } from "./limits.ts";
import { essenceOf } from "./media-type.ts";
import { Refusal } from "./problem.ts";
import { hasBody, readBody } from "./request-body.ts";
import { refuseUnstorableText } from "./text-values.ts";

/** Parses the text of JSON, refusing keys that reach for prototypes. */
export type ParseJson = (text: string) => unknown;

/** The request's body, or undefined when there is none. */
export async function jsonBody(
  incoming: IncomingMessage,
  limits: Limits,
  parse: ParseJson,
): Promise<unknown> {
  if (!hasBody(incoming)) return undefined;
  const type = incoming.headers["content-type"];
  if (essenceOf(type) !== "application/json" || incoming.headers["content-encoding"] !== undefined) {
    throw new Refusal("MEDIA_TYPE_UNSUPPORTED", { detail: "Send application/json in UTF-8, uncompressed." });
  }
  const bytes = await readBody(incoming, limits.maxBodyBytes);
  // Chunked, and then nothing came.
  if (bytes.length === 0) return undefined;
  return parseJson(bytes, limits, parse);
}

function parseJson(bytes: Buffer, limits: Limits, parse: ParseJson): unknown {
  if (!isUtf8(bytes)) throw new Refusal("JSON_MALFORMED", { detail: "The body is not UTF-8." });
  refuseComplexJson(bytes, limits);
  const text = bytes.toString("utf8");
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    throw new Refusal("JSON_MALFORMED");
  }
  // Unescaped, such characters are refused above as bad UTF-8 or by the parser; so most bodies need no walk.
  if (UNSTORABLE_ESCAPE.test(text)) refuseUnstorableText(value, "/body");
  return value;
}

const UNSTORABLE_ESCAPE = /\\u(?:0000|d[89a-f])/i;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Refuses JSON that is nested too deeply or holds too many values before any of it is built: one pass over the
 * bytes, about a nanosecond each. What is not JSON at all is left to the parser.
 */
export function refuseComplexJson(
  bytes: Buffer,
  { maxJsonDepth, maxJsonValues }: Pick<Limits, "maxJsonDepth" | "maxJsonValues">,
): void {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfString(bytes, at);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        values++;
        if (++depth > maxJsonDepth) {
          throw new Refusal("JSON_TOO_COMPLEX", { detail: `At most ${maxJsonDepth} levels are taken.` });
        }
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--;
        break;
      case COMMA:
        if (++values > maxJsonValues) {
          throw new Refusal("JSON_TOO_COMPLEX", { detail: `At most ${maxJsonValues} values are taken.` });
        }
        break;
    }
  }
}

/** Where the string that begins at `start` ends; the end of the bytes when it does not. */
function endOfString(bytes: Buffer, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === BACKSLASH) at++;
    else if (byte === QUOTE) return at;
  }
  return bytes.length;
}

import type { IncomingMessage } from "node:http";
import { Refusal } from "./problem.ts";

/** RFC 9112, section 6: what says that a body follows the head. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return (
    headers["transfer-encoding"] !== undefined ||
    (headers["content-length"] !== undefined && headers["content-length"] !== "0")
  );
}

/** Reads the body whole. More than `maxBytes` is refused as soon as it is announced or arrives. */
export async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  refuseAnnounced(incoming, maxBytes);
  // The client may have gone while it was found out who it is; then nothing will be emitted any more.
  if (incoming.destroyed) throw new Refusal("REQUEST_INCOMPLETE");
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) reject(tooLarge(maxBytes));
      else chunks.push(chunk);
    });
    incoming.once("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
    // After "end" this comes too late to matter; before it, the client has gone, or was cut off at the deadline.
    incoming.once("close", () => reject(new Refusal("REQUEST_INCOMPLETE")));
  });
}

export function refuseAnnounced(incoming: IncomingMessage, maxBytes: number): void {
  if (Number(incoming.headers["content-length"]) > maxBytes) throw tooLarge(maxBytes);
}

export function tooLarge(maxBytes: number): Refusal {
  return new Refusal("BODY_TOO_LARGE", { detail: `At most ${maxBytes} bytes are taken.` });
}

import { createHmac, timingSafeEqual } from "node:crypto";
import { type Static, Type, validator } from "ashlar/contract";

/** How old a signature may be, and how far ahead of our clock: a notice that was recorded on its way is no use later. */
const TOLERANCE_MS = 5 * 60_000;

/** What of a notice is read. The provider may say more, and more kinds of things, without being misunderstood. */
const Notice = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 255 }),
  type: Type.String({ minLength: 1, maxLength: 100 }),
  data: Type.Object({
    id: Type.String({ minLength: 1, maxLength: 255 }),
    reference: Type.String({ minLength: 1, maxLength: 255 }),
    /** Of a refund: the capture that it gives back. */
    capture: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    declineReason: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
  }),
});
export type Notice = Static<typeof Notice>;

/**
 * Whether a header `Payment-Signature` is the provider's for this body, and of these minutes. It may carry several
 * `v1`, as while a secret is being replaced; one that fits is enough.
 */
export function isSigned(body: string, signature: string, secret: string, now: Date): boolean {
  const parts = signature.split(",").map((part) => part.trim().split("=", 2) as [string, string?]);
  const seconds = parts.find(([name]) => name === "t")?.[1];
  if (seconds === undefined || !/^[0-9]{1,12}$/.test(seconds)) return false;
  if (Math.abs(Number(seconds) * 1000 - now.getTime()) > TOLERANCE_MS) return false;
  const expected = createHmac("sha256", secret).update(`${seconds}.${body}`).digest();
  return parts.some(([name, digest = ""]) => {
    if (name !== "v1" || !/^[0-9a-f]{64}$/.test(digest)) return false;
    return timingSafeEqual(Buffer.from(digest, "hex"), expected);
  });
}

/** The notice in a body; null when there is none in it. */
export function readNotice(body: string): Notice | null {
  try {
    const value: unknown = JSON.parse(body);
    // A text that the database cannot hold is no id of the provider's either.
    return validator(Notice).accepts(value) && !body.includes("\\u0000") ? (value as Notice) : null;
  } catch {
    return null;
  }
}

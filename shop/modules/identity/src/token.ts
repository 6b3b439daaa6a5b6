import { createHash } from "node:crypto";

// The prefixes let secret scanners recognise a leaked token, and tell `authenticate` which table to look in.
const PREFIXES = { session: "shop_s_", apiKey: "shop_k_" } as const;

export type TokenKind = keyof typeof PREFIXES;

/** Random bits in a token: beyond guessing, so a plain digest of it is as safe to store as a slow one. */
const TOKEN_BYTES = 32;
const SHOWN_CHARACTERS = 6;
const BODY = /^[A-Za-z0-9_-]{43}$/;

export function newToken(kind: TokenKind, randomBytes: (size: number) => Buffer): string {
  return PREFIXES[kind] + randomBytes(TOKEN_BYTES).toString("base64url");
}

/** What kind of token this can be; null for a text that we never gave out, without asking the database. */
export function tokenKind(token: string): TokenKind | null {
  for (const kind of ["session", "apiKey"] as const) {
    const prefix = PREFIXES[kind];
    if (token.startsWith(prefix) && BODY.test(token.slice(prefix.length))) return kind;
  }
  return null;
}

/** All that is stored of a token. */
export function tokenDigest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** As much of a token as may be shown to tell it from others. */
export function shownPrefix(token: string): string {
  return token.slice(0, PREFIXES.apiKey.length + SHOWN_CHARACTERS);
}

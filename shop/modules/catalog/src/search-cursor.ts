import { createHash } from "node:crypto";
import { validator } from "ashlar/contract";
import { Sku } from "../contract/index.ts";

/** Where a page ended: the sort key of its last product. */
export interface SearchPosition {
  /** 0 in a search without words. */
  readonly rank: number;
  readonly popularity: number;
  readonly sku: string;
}

export interface SearchFilters {
  readonly q?: string;
  readonly category?: string;
  readonly brand?: string;
  readonly minPrice?: number;
  readonly maxPrice?: number;
}

/** Opaque to clients. It carries a digest of the filters, because under others it would point nowhere. */
export function encodeSearchCursor(
  filters: SearchFilters,
  { rank, popularity, sku }: SearchPosition,
): string {
  return Buffer.from(JSON.stringify([digestOf(filters), rank, popularity, sku])).toString("base64url");
}

/** The position in a cursor, or null when it is not one of ours or belongs to another search. */
export function decodeSearchCursor(filters: SearchFilters, cursor: string): SearchPosition | null {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== 4) return null;
  const [digest, rank, popularity, sku] = parts as unknown[];
  const position = { rank, popularity, sku } as SearchPosition;
  const sound =
    digest === digestOf(filters) &&
    isRank(rank) &&
    Number.isInteger(popularity) &&
    Math.abs(position.popularity) < 2 ** 31 &&
    validator(Sku).accepts(sku);
  // A cursor has one spelling: others would be taken by a lenient decoder, and by no other one.
  return sound && encodeSearchCursor(filters, position) === cursor ? position : null;
}

/** What a column of type real can hold: Postgres refuses numbers that round to zero or infinity there. */
function isRank(rank: unknown): boolean {
  return rank === 0 || (typeof rank === "number" && rank > 1e-30 && rank < 1e30);
}

const DIGEST_CHARACTERS = 11;

function digestOf({ q, category, brand, minPrice, maxPrice }: SearchFilters): string {
  const canonical = JSON.stringify([q, category, brand, minPrice, maxPrice].map((value) => value ?? null));
  return createHash("sha256").update(canonical).digest("base64url").slice(0, DIGEST_CHARACTERS);
}

import type { ApiKey, Scope } from "../contract/index.ts";
import type { ApiKeyRow } from "./tables.ts";

export const MOST_KEYS = 50;

/** Scopes that reach what only operators may do. Using such a key takes the role as well. */
const OPERATOR_SCOPES: ReadonlySet<Scope> = new Set<Scope>(["catalog:write"]);

/** The first scope that an account with these roles may not give to a key. */
export function scopeNotAllowed(scopes: readonly Scope[], roles: readonly string[]): Scope | undefined {
  return roles.includes("operator") ? undefined : scopes.find((scope) => OPERATOR_SCOPES.has(scope));
}

export function toApiKey(row: Omit<ApiKeyRow, "account_id" | "key_digest">): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
  };
}

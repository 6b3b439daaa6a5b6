import type { Actor } from "ashlar/module";
import type { Account } from "../contract/index.ts";
import type { AccountRow } from "./tables.ts";

/** The form in which e-mail addresses are compared. Two that differ in case only are one address. */
export function emailKey(email: string): string {
  return email.normalize("NFC").toLowerCase();
}

export type PublicAccountRow = Pick<AccountRow, "id" | "email" | "roles" | "created_at">;

export function toAccount(row: PublicAccountRow): Account {
  return { id: row.id, email: row.email, roles: row.roles, createdAt: row.created_at.toISOString() };
}

/** The account of somebody who signed in with a password; null for API keys, the product itself and nobody. */
export function signedInAccount(actor: Actor): string | null {
  return actor.kind === "account" && actor.scopes === null ? actor.id : null;
}

/** Operators as persons, and the product itself. An API key of an operator is not enough. */
export function mayAdminister(actor: Actor): boolean {
  return (
    actor.kind === "system" ||
    (actor.kind === "account" && actor.scopes === null && actor.roles.includes("operator"))
  );
}

import type { Actor } from "ashlar/module";

/** The account whose invoices and payments the actor may see, or null. */
export function ownAccountOf(actor: Actor): string | null {
  return actor.kind === "account" ? actor.id : null;
}

/** Whether everybody's are shown. */
export function seesAll(actor: Actor): boolean {
  return actor.kind === "system" || (actor.kind === "account" && actor.roles.includes("operator"));
}

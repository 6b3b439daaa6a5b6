import type { Actor } from "ashlar/module";

/**
 * The account whose cart and orders are meant. The routes let nobody else in, so that another actor here is a
 * mistake in the code that made the call.
 */
export function buyerOf(actor: Actor): string {
  if (actor.kind === "account") return actor.id;
  throw new TypeError(
    `A cart and orders belong to an account, but the actor is ${actor.kind}. Call as an account.`,
  );
}

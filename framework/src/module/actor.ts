/** On whose behalf something runs. Travels with every call; modules decide by it, never by a parameter. */
export type Actor =
  | { readonly kind: "anonymous" }
  | {
      readonly kind: "account";
      readonly id: string;
      readonly roles: readonly string[];
      /** What an API key is limited to; `null` for a person's session, which may do all that its roles may. */
      readonly scopes: readonly string[] | null;
      /** The session that the request came with, when it came with one. */
      readonly session: string | null;
    }
  | { readonly kind: "system"; readonly name: string };

export const anonymous: Actor = Object.freeze({ kind: "anonymous" });

/** The framework, a schedule or a command line acting for the product itself. */
export function system(name: string): Actor {
  return { kind: "system", name };
}

/** One word for logs, audit rows and the owner of an idempotency key: `account:<id>`, `system:<name>`, `anonymous`. */
export function actorKey(actor: Actor): string {
  switch (actor.kind) {
    case "account":
      return `account:${actor.id}`;
    case "system":
      return `system:${actor.name}`;
    case "anonymous":
      return "anonymous";
  }
}

import type { Actor } from "./actor.ts";

/**
 * Who may use a route. Every route states one; a route without a policy fails the boot, so that an open door is
 * a decision in the code and never an omission.
 */
export type AuthPolicy =
  | { readonly kind: "anyone" }
  | { readonly kind: "signed_in"; readonly scope?: string }
  | { readonly kind: "role"; readonly role: string; readonly scope?: string };

export const anyone: AuthPolicy = Object.freeze({ kind: "anyone" });

/** Any account. An API key must also carry `scope`; without one here, API keys are refused. */
export function signedIn(scope?: string): AuthPolicy {
  return scope === undefined ? { kind: "signed_in" } : { kind: "signed_in", scope };
}

/** Accounts that hold `role`. An API key must also carry `scope`; without one here, API keys are refused. */
export function role(name: string, scope?: string): AuthPolicy {
  return scope === undefined ? { kind: "role", role: name } : { kind: "role", role: name, scope };
}

export type Verdict = "allowed" | "unauthenticated" | "forbidden";

export function judge(policy: AuthPolicy, actor: Actor): Verdict {
  if (policy.kind === "anyone") return "allowed";
  if (actor.kind === "anonymous") return "unauthenticated";
  if (actor.kind === "system") return "allowed";
  if (policy.kind === "role" && !actor.roles.includes(policy.role)) return "forbidden";
  if (actor.scopes !== null && (policy.scope === undefined || !actor.scopes.includes(policy.scope))) {
    return "forbidden";
  }
  return "allowed";
}

import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { IdempotencyKey, Route, RouteRequest } from "../module/index.ts";
import { Refusal } from "./problem.ts";

export type IdempotencyRule = NonNullable<Route["idempotency"]>;

export function idempotencyRule(route: Route): IdempotencyRule {
  return route.idempotency ?? (route.operation.kind === "command" ? "optional" : "none");
}

/** One field with one value: two fields arrive joined by ", ", and a space is not allowed in a key. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** The request's key as the header holds it, or null when it has none and needs none. */
export function idempotencyKey(rule: IdempotencyRule, headers: IncomingHttpHeaders): string | null {
  if (rule === "none") return null;
  const key = headers["idempotency-key"] as string | undefined;
  if (key === undefined) {
    if (rule === "required") throw new Refusal("IDEMPOTENCY_KEY_MISSING");
    return null;
  }
  if (!KEY.test(key)) throw new Refusal("IDEMPOTENCY_KEY_INVALID");
  return key;
}

/**
 * Ties a key to its request: everything the use case can see of it but the actor, in whose name the key is kept.
 *
 * Strangers share one actor, "anonymous", and so one space of keys. None gets at another's answer through it: it
 * is given only for the same request to the last value, which its sender knows anyway; anything else under the
 * key of another is refused as reused. Since digest and answer are stored for a day, a route whose request or
 * answer is a secret (a password, a new session) declares `idempotency: "none"`.
 */
export function fingerprinted(
  key: string,
  route: Route,
  { params, query, body }: Omit<RouteRequest<unknown, unknown, unknown>, "actor">,
): IdempotencyKey {
  const text = canonicalJson([route.method, route.path, params, query, body]);
  return { key, fingerprint: createHash("sha256").update(text).digest() };
}

/** JSON with the members of each object in one order, so that two ways to write a request are one request. */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return "null";
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`;
}

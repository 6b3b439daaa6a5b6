import { createHash } from "node:crypto";

/** What an index entry may hold with room to spare. */
const LONGEST_KEY = 300;

/** The name of a limit: of a kind (`limit`, `rate`, `order`) or of a whole queue. */
export function gateKey(what: "limit" | "rate" | "order" | "queue", owner: string, key: string): string {
  return bounded(`${what}:${owner}:${key}`);
}

export function uniqueKey(
  kind: string,
  by: "kind" | "payload" | ((payload: never) => string),
  payload: unknown,
): string {
  if (by === "kind") return `${kind}:`;
  if (by === "payload") return `${kind}:${digest(canonicalJson(payload))}`;
  return bounded(`${kind}:${by(payload as never)}`);
}

function bounded(key: string): string {
  return key.length <= LONGEST_KEY ? key : `${key.slice(0, LONGEST_KEY / 2)}#${digest(key)}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** JSON in which equal payloads are equal texts, whatever the order of their keys. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== "object" || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

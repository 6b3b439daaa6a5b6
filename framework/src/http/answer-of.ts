import type { Answer, Route } from "../module/index.ts";
import { allowList } from "./allow-list.ts";

/** From an operation's output to the answer of its route: status, exact text and headers. */
export function answerOf(route: Route): (output: unknown) => Answer {
  const status = route.status ?? 200;
  const headers = route.headers as ((output: unknown) => Readonly<Record<string, string>>) | undefined;
  const allowed = status === 204 ? null : allowList(route.operation.output, route.operation.id, "output");
  return (output) => ({
    status,
    body: allowed === null ? null : JSON.stringify(allowed(output)),
    headers: headers === undefined ? NO_HEADERS : lowerCased(headers(output)),
  });
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

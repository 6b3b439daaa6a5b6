import { UsageError } from "../exit-code.ts";

/** Where an operation is served. */
export interface RouteAddress {
  readonly method: string;
  readonly path: string;
  /** Names in the path. */
  readonly params: readonly string[];
}

/** `POST /v1/orders/{id}/reorder`, checked as the boot does it. */
export function readRoute(typed: string, kind: "command" | "query"): RouteAddress {
  const [, method, path] = /^(GET|POST|PUT|PATCH|DELETE) (\/\S+)$/.exec(typed.trim()) ?? [];
  const segment = /^(?:[A-Za-z0-9._~-]+|\{[a-z][A-Za-z0-9]*\})$/;
  if (
    method === undefined ||
    !path!
      .slice(1)
      .split("/")
      .every((each) => segment.test(each))
  ) {
    throw new UsageError(
      `--route ${JSON.stringify(typed)}: give method and path, such as "POST /v1/orders/{id}/reorder".`,
    );
  }
  if (kind === "command" && method === "GET") {
    throw new UsageError(
      "A GET must not change anything, and a command does. Use POST, PUT, PATCH or DELETE.",
    );
  }
  const params = [...path!.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]!);
  if (new Set(params).size < params.length) throw new UsageError(`--route ${typed} names a part twice.`);
  return { method, path: path!, params };
}

import type { TObject } from "../contract/index.ts";
import type { Module } from "./definition.ts";
import type { Fault } from "./errors.ts";
import type { AnyRoute } from "./route.ts";

/** What is wrong with the routes of an app, one module's or between two. */
export function routeFaults(modules: readonly Module[], authenticates: boolean): Fault[] {
  const seen = new Map<string, string>();
  return modules.flatMap((module) =>
    module.routes.flatMap((route) => {
      const key = `${route.method} ${route.path}`;
      const faults = [...singleRouteFaults(module, route, authenticates)].map(([code, message]) => ({
        code,
        module: module.name,
        key,
        message,
      }));
      // Two paths that differ only in a parameter's name are one path to a router.
      const address = `${route.method} ${route.path.replaceAll(/\{[^}]*\}/g, "{}")}`;
      const other = seen.get(address);
      seen.set(address, module.name);
      return other === undefined
        ? faults
        : [
            ...faults,
            {
              code: "ASHLAR_ROUTE_DUPLICATE",
              module: module.name,
              key,
              message: `${other} serves the same method and path; change one`,
            },
          ];
    }),
  );
}

function* singleRouteFaults(
  module: Module,
  route: AnyRoute,
  authenticates: boolean,
): Generator<[code: string, message: string]> {
  // The compiler asks for `auth` too; this is for what was built by a cast or in plain JavaScript.
  if (route.auth === undefined) {
    yield ["ASHLAR_ROUTE_WITHOUT_AUTH", 'no auth policy; state one: auth: anyone, signedIn() or role("…")'];
  } else if (route.auth.kind !== "anyone" && !authenticates) {
    yield [
      "ASHLAR_NO_AUTHENTICATOR",
      "its auth policy needs `authenticate` in createApp, which the host did not give",
    ];
  }
  if (
    !/^\/(?:[A-Za-z0-9._~-]+|\{[A-Za-z][A-Za-z0-9]*\})(?:\/(?:[A-Za-z0-9._~-]+|\{[A-Za-z][A-Za-z0-9]*\}))*$/.test(
      route.path,
    )
  ) {
    yield ["ASHLAR_ROUTE_PATH_INVALID", "a path is /segments/like/{this}, without a trailing slash"];
  }
  if (route.kind === "stream") return;
  const { operation } = route;
  if (operation.contract !== module.name) {
    yield ["ASHLAR_ROUTE_FOREIGN", `it serves ${operation.id}; a module serves its own operations only`];
  }
  if (operation.kind === "command" && route.method === "GET") {
    yield [
      "ASHLAR_ROUTE_GET_COMMAND",
      `GET must not change state, but ${operation.id} is a command; use POST, PUT or DELETE`,
    ];
  }
  if (operation.kind === "query" && route.idempotency !== undefined) {
    yield [
      "ASHLAR_ROUTE_IDEMPOTENCY_QUERY",
      `${operation.id} is a query and needs no idempotency key; remove \`idempotency\``,
    ];
  }
  if (route.body !== undefined && (route.method === "GET" || route.method === "DELETE")) {
    yield ["ASHLAR_ROUTE_BODY", `${route.method} takes no body; use \`query\` or another method`];
  }
  const inPath = [...route.path.matchAll(/\{([^}]*)\}/g)]
    .map((match) => match[1]!)
    .sort()
    .join(", ");
  const inSchema = Object.keys((route.params as TObject | undefined)?.properties ?? {})
    .sort()
    .join(", ");
  if (inPath !== inSchema) {
    yield [
      "ASHLAR_ROUTE_PARAMS",
      `the path names {${inPath}} and \`params\` {${inSchema}}; make them the same`,
    ];
  }
}

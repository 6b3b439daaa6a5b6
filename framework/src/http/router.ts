import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { AnyRoute } from "../module/index.ts";
import { clientErrorHandler, refuseExpectations } from "./connection-refusals.ts";
import { type Endpoint, Exchange, type Manner, type Surroundings } from "./exchange.ts";
import type { ParseJson } from "./json-body.ts";
import { MAX_PATH_PART_LENGTH } from "./limits.ts";
import { Refusal } from "./problem.ts";
import { RouteTable } from "./route-table.ts";

/** A route as it is served, the framework's own among them. */
export interface ServedRoute {
  readonly method: AnyRoute["method"];
  /** As in OpenAPI: `/v1/orders/{id}`. */
  readonly path: string;
  readonly manner: Manner;
  readonly endpoint: Endpoint;
}

/** Fastify finds the route; everything about a request and its answer is the Exchange's. */
export function createRouter({ log, limits, securityHeaders, ...rest }: Surroundings): FastifyInstance {
  const surroundings = { log, limits, securityHeaders, ...rest };
  return Fastify({
    logger: false,
    exposeHeadRoutes: true,
    return503OnClosing: false,
    forceCloseConnections: false,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionTimeout: limits.connectionTimeoutMs,
    // The Exchange keeps the time of a request: Node would hold an upload to the same limit.
    requestTimeout: 0,
    http: {
      requestTimeout: 0,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.max(50, Math.min(1_000, limits.headersTimeoutMs / 4)),
      maxHeaderSize: limits.maxHeaderBytes,
      // The Exchange refuses a missing Host, with a body that says so.
      requireHostHeader: false,
      // A second Authorization or Content-Type is refused for what it makes of the first, not dropped.
      joinDuplicateHeaders: true,
    },
    routerOptions: { maxParamLength: MAX_PATH_PART_LENGTH },
    clientErrorHandler: clientErrorHandler(log, securityHeaders),
    frameworkErrors: (error, request, reply) => {
      const refusal =
        error.code === "FST_ERR_MAX_PARAM_LENGTH"
          ? new Refusal("PATH_TOO_LONG", { detail: `At most ${MAX_PATH_PART_LENGTH} characters are taken.` })
          : new Refusal("REQUEST_MALFORMED", { detail: "The path is not percent-encoded UTF-8." });
      refuse(surroundings, request as FastifyRequest, reply as FastifyReply, refusal);
    },
  });
}

/** The parser of JSON that Fastify brings, as a plain function. */
export function jsonParser(router: FastifyInstance): ParseJson {
  const parse = router.getDefaultJsonParser("error", "error");
  return (text) => {
    let parsed: unknown;
    let failure: Error | null = null;
    // It calls back before it returns.
    parse(undefined as never, text, (error, body) => {
      failure = error;
      parsed = body;
    });
    if (failure !== null) throw failure;
    return parsed;
  };
}

/** Lets the router serve these routes, and refuse all else. */
export function addRoutes(
  router: FastifyInstance,
  routes: readonly ServedRoute[],
  surroundings: Surroundings,
): void {
  for (const route of routes) addRoute(router, route, surroundings);
  addRefusals(router, new RouteTable(routes), surroundings);
  refuseExpectations(router.server, surroundings.securityHeaders);
}

function addRoute(router: FastifyInstance, route: ServedRoute, surroundings: Surroundings): void {
  const { method, manner, endpoint } = route;
  router.route({
    method,
    url: route.path.replaceAll(/\{([^}]*)\}/g, ":$1"),
    handler: (request, reply) => {
      const exchange = new Exchange(surroundings, manner, request.raw, reply.raw);
      void exchange.serve(endpoint, request.params as object, request.query as object);
    },
  });
}

/** What happens to requests that no route takes. */
function addRefusals(router: FastifyInstance, table: RouteTable, surroundings: Surroundings): void {
  // Bodies are read by the endpoints, once they know who sends them; Fastify leaves them alone.
  router.removeAllContentTypeParsers();
  router.addContentTypeParser("*", (_request, _payload, done) => done(null));
  const refuseUnrouted = (request: FastifyRequest, reply: FastifyReply): void => {
    const methods = table.methodsAt(request.raw.url ?? "/");
    const refusal =
      methods.length === 0
        ? new Refusal("ROUTE_NOT_FOUND")
        : new Refusal("METHOD_NOT_ALLOWED", { headers: { allow: methods.join(", ") } });
    refuse(surroundings, request, reply, refusal);
  };
  router.setNotFoundHandler(refuseUnrouted);
  router.setErrorHandler((error: { code?: string }, request, reply) => {
    if (request.is404) refuseUnrouted(request, reply);
    else if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
      refuse(surroundings, request, reply, new Refusal("MEDIA_TYPE_UNSUPPORTED"));
    } else refuse(surroundings, request, reply, error);
  });
}

function refuse(
  surroundings: Surroundings,
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: unknown,
): void {
  const exchange = new Exchange(surroundings, UNROUTED, request.raw, reply.raw);
  void exchange.serve(() => Promise.reject(refusal), {}, {});
}

const UNROUTED: Manner = { route: "none", spanName: "no route", module: "" };

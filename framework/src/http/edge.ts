import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { App } from "../module/index.ts";
import { declaredProblems } from "./declared-problems.ts";
import { EdgeError, listenError } from "./edge-error.ts";
import { partRoutes } from "./edge-part.ts";
import type { Endpoint, Surroundings } from "./exchange.ts";
import { answerLive, Readiness } from "./health.ts";
import type { ParseJson } from "./json-body.ts";
import { KeySweep } from "./key-sweep.ts";
import { type EdgeOptions, type Limits, limitsOf } from "./limits.ts";
import { metricsEndpoint } from "./metrics-endpoint.ts";
import { openApi } from "./openapi.ts";
import { JSON_TYPE, operationEndpoint } from "./operation-endpoint.ts";
import { addRoutes, createRouter, jsonParser, type ServedRoute } from "./router.ts";
import { securityHeaders } from "./security-headers.ts";
import { streamEndpoint } from "./stream-endpoint.ts";
import { Traffic } from "./traffic.ts";

/** An app that is being served. */
export interface Edge {
  /** Where it listens: `http://HOST:PORT`. */
  readonly url: string;
  /**
   * Readiness off, no new connections, `Connection: close` on every answer; resolves when the requests in progress
   * are answered or the limit has passed and all connections are closed. May be called again. Stop it before the app.
   */
  stop(): Promise<void>;
}

/** How long connections on which no request is in progress get to end by themselves when the edge stops. */
const CLOSE_GRACE_MS = 250;
const STOP_TIMEOUT_MS = 15_000;

/**
 * Serves the routes of a started app over HTTP, with its health and its OpenAPI document. Throws EdgeError when
 * it cannot listen.
 */
export async function serve(app: App, options: EdgeOptions): Promise<Edge> {
  const limits = limitsOf(options);
  const surroundings: Surroundings = {
    log: app.log,
    limits,
    traffic: new Traffic(),
    spans: app.telemetry.spans,
    securityHeaders: securityHeaders(options.behindHttps ?? false),
    declared: declaredProblems(app.graph),
  };
  const router = createRouter(surroundings);
  const parse = jsonParser(router);
  const parts = options.parts ?? [];
  const own = [
    ...ownRoutes(app, options, surroundings.traffic),
    ...parts.flatMap((part) => partRoutes(part, limits, parse)),
  ];
  const routes = [...own, ...appRoutes(app, own, limits, parse)];
  addRoutes(router, routes, surroundings);
  const sweep = new KeySweep(app);
  try {
    await router.listen({ host: boundTo(options.host), port: options.port });
  } catch (error) {
    await router.close();
    throw listenError(error, options.host, options.port);
  }
  sweep.start();
  let stopped: Promise<void> | null = null;
  return {
    url: urlOf(router.server.address() as AddressInfo),
    stop() {
      if (stopped === null) {
        for (const part of parts) part.close?.();
        stopped = Promise.all([sweep.stop(), drain(router, surroundings.traffic, options)]).then(
          () => undefined,
        );
      }
      return stopped;
    },
  };
}

function ownRoutes(app: App, options: EdgeOptions, traffic: Traffic): ServedRoute[] {
  const readiness = new Readiness(app, traffic);
  const document = JSON.stringify(openApi(app, options.api));
  const get = (path: string, endpoint: Endpoint, isQuiet: boolean): ServedRoute => ({
    method: "GET",
    path,
    manner: { route: path, spanName: `GET ${path}`, module: "", isQuiet },
    endpoint,
  });
  return [
    get("/health/live", answerLive, true),
    get("/health/ready", readiness.answer, true),
    get(
      "/openapi.json",
      async (exchange) => exchange.answer(200, document, JSON_TYPE, { "cache-control": "no-cache" }),
      false,
    ),
    ...(options.metrics === undefined || options.metrics === false
      ? []
      : [get("/metrics", metricsEndpoint(app.telemetry.metrics, options.metrics), true)]),
  ];
}

function appRoutes(app: App, own: readonly ServedRoute[], limits: Limits, parse: ParseJson): ServedRoute[] {
  const reserved = new Set(own.map(({ path }) => path));
  return app.graph.modules.flatMap((module) =>
    module.routes.map((route) => {
      if (reserved.has(route.path)) {
        throw new EdgeError(
          "ASHLAR_ROUTE_RESERVED",
          `${module.name} serves ${route.path}, which the framework serves itself. Choose another path.`,
        );
      }
      const name = `${route.method} ${route.path}`;
      return {
        method: route.method,
        path: route.path,
        manner: {
          route: route.path,
          spanName: name,
          module: module.name,
          isStream: route.kind === "stream",
        },
        endpoint:
          route.kind === "stream"
            ? streamEndpoint(app, route, name, limits)
            : operationEndpoint(app, route, limits, parse),
      };
    }),
  );
}

async function drain(router: FastifyInstance, traffic: Traffic, options: EdgeOptions): Promise<void> {
  traffic.isDraining = true;
  if (options.drainDelayMs !== undefined && options.drainDelayMs > 0) await delay(options.drainDelayMs);
  const closed = router.close();
  await traffic.quiet(options.stopTimeoutMs ?? STOP_TIMEOUT_MS);
  // A connection whose client sends nothing, or only half a head, does not count as idle for Node.
  const cut = setTimeout(() => router.server.closeAllConnections(), CLOSE_GRACE_MS);
  router.server.closeIdleConnections();
  await closed;
  clearTimeout(cut);
}

/** Fastify would open a second server for the other address of `localhost`, which `stop` could not cut off. */
function boundTo(host: string): string {
  return host === "localhost" ? "127.0.0.1" : host;
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

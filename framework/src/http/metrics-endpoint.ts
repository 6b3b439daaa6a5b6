import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { EXPOSITION_TYPE, type Metrics } from "../telemetry/index.ts";
import { EdgeError } from "./edge-error.ts";
import type { Endpoint } from "./exchange.ts";
import { Refusal } from "./problem.ts";

/**
 * Who may read /metrics, which tells what the app is made of and how busy it is: whoever has the token; without one,
 * processes of this machine; `"open"`, anyone who can reach the port; false, nobody, as if there were no such path.
 */
export type MetricsAccess = { readonly token?: string } | "open" | false;

const LEAST_TOKEN = 16;
const BEARER = /^bearer +([A-Za-z0-9._~+/=-]+) *$/i;
const LOOPBACK_ADDRESS = /^(?:127\.[0-9.]+|::1|::ffff:127\.[0-9.]+)$/;
const LOOPBACK_HOST = /^(?:localhost|127\.[0-9.]+|\[::1\])(?::[0-9]+)?$/i;

/** Serves the metrics of an app in Prometheus' text format. Throws EdgeError for a token that can be guessed. */
export function metricsEndpoint(metrics: Metrics, access: Exclude<MetricsAccess, false>): Endpoint {
  const admit = admission(access);
  return async (exchange) => {
    admit(exchange.incoming);
    exchange.answer(200, await metrics.scrape(), EXPOSITION_TYPE);
  };
}

function admission(access: Exclude<MetricsAccess, false>): (incoming: IncomingMessage) => void {
  if (access === "open") return () => {};
  if (access.token === undefined) return refuseStrangers;
  if (access.token.length < LEAST_TOKEN || !BEARER.test(`bearer ${access.token}`)) {
    throw new EdgeError(
      "ASHLAR_METRICS_TOKEN_UNFIT",
      `The token for /metrics must have at least ${LEAST_TOKEN} characters, all of them letters, digits or one of . _ ~ + / = -`,
    );
  }
  const expected = digest(access.token);
  return ({ headers }) => {
    const token = BEARER.exec(headers.authorization ?? "")?.[1];
    if (token === undefined || !timingSafeEqual(digest(token), expected)) {
      throw new Refusal("UNAUTHENTICATED", { headers: { "www-authenticate": "Bearer" } });
    }
  };
}

/**
 * A proxy on this machine has a loopback address too, but it forwards a name or says for whom; so does a browser that
 * was led here under a foreign name.
 */
function refuseStrangers({ socket, headers }: IncomingMessage): void {
  const isLocal =
    LOOPBACK_ADDRESS.test(socket.remoteAddress ?? "") &&
    LOOPBACK_HOST.test(headers.host ?? "") &&
    headers.forwarded === undefined &&
    headers["x-forwarded-for"] === undefined;
  if (!isLocal) throw new Refusal("ROUTE_NOT_FOUND");
}

/** Of one length, whatever was sent. */
function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

import { OperationError } from "../contract/index.ts";
import { type Actor, type App, type AuthPolicy, anonymous, judge } from "../module/index.ts";
import type { Exchange } from "./exchange.ts";
import { Refusal } from "./problem.ts";

/** RFC 6750, section 2.1, with a limit: a token is looked up, so its length is work for the database. */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]{1,4096}=*) *$/i;

/**
 * Settles who sends the request and whether the route's policy lets them.
 *
 * A token that was sent is judged on every route, also where anyone may come: whoever means to be somebody must
 * not be served as nobody. Why a token is no good is never told.
 */
export async function admit(app: App, policy: AuthPolicy, exchange: Exchange): Promise<void> {
  const { authorization } = exchange.incoming.headers;
  if (authorization !== undefined && app.authenticate !== null) {
    exchange.actor = await actorOf(app, app.authenticate, authorization, exchange);
  }
  const verdict = judge(policy, exchange.actor);
  if (verdict === "unauthenticated") throw unauthenticated();
  if (verdict === "forbidden") throw new Refusal("FORBIDDEN");
}

async function actorOf(
  app: App,
  authenticate: NonNullable<App["authenticate"]>,
  authorization: string,
  exchange: Exchange,
): Promise<Actor> {
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw unauthenticated();
  const { deadline, traceId, span } = exchange;
  const actor = await authenticate(token, (operation, input) =>
    app.execute(operation, input, { actor: anonymous, deadline, traceId, parentSpan: span }),
  ).catch((error: unknown) => {
    // "There is no such session" may well be a declared error of the operation that looks it up.
    if (error instanceof OperationError && (error.kind === "unauthenticated" || error.kind === "not_found")) {
      return null;
    }
    throw error;
  });
  if (actor === null) throw unauthenticated();
  return actor;
}

function unauthenticated(): Refusal {
  return new Refusal("UNAUTHENTICATED", { headers: { "www-authenticate": "Bearer" } });
}

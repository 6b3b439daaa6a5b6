import { type SchemaViolation, type TSchema, validator } from "../contract/index.ts";
import { type Answer, type App, type Route, SchemaError } from "../module/index.ts";
import { answerOf } from "./answer-of.ts";
import { admit } from "./bearer.ts";
import type { Endpoint, Exchange } from "./exchange.ts";
import { fingerprinted, idempotencyKey, idempotencyRule } from "./idempotency-key.ts";
import { jsonBody, type ParseJson } from "./json-body.ts";
import type { Limits } from "./limits.ts";
import { Refusal } from "./problem.ts";
import { below, urlPart } from "./url-part.ts";

export const JSON_TYPE = "application/json; charset=utf-8";

/**
 * Makes the endpoint of a route that runs an operation; everything that can be prepared is prepared here, once.
 * A request passes through in the order in which it costs: who sends it, its URL, its body, the operation.
 */
export function operationEndpoint(app: App, route: Route, limits: Limits, parse: ParseJson): Endpoint {
  const { operation } = route;
  const readParams = urlPart(route.params, "params");
  const readQuery = urlPart(route.query, "query");
  const checkBody = bodyCheck(route.body);
  const answer = answerOf(route);
  const rule = idempotencyRule(route);
  const takesBody = route.method !== "GET";

  return async (exchange, rawParams, rawQuery) => {
    const { incoming, deadline, traceId, span } = exchange;
    if (incoming.headers.authorization !== undefined || route.auth.kind !== "anyone") {
      await admit(app, route.auth, exchange);
    }
    const { actor } = exchange;
    const params = readParams(rawParams as never);
    const query = readQuery(rawQuery as never);
    const key = idempotencyKey(rule, incoming.headers);
    const body = takesBody ? checkBody(await jsonBody(incoming, limits, parse)) : undefined;
    // The client has gone, or was told that its body took too long: what nobody waits for is not begun.
    if (exchange.isOver) return;
    const input = route.input({ params, query, body, actor } as never) as never;
    const options = { actor, deadline, traceId, parentSpan: span };
    try {
      if (key === null) {
        send(exchange, answer(await app.execute(operation, input, options)));
      } else {
        const idempotency = fingerprinted(key, route, { params, query, body });
        const once = await app.executeOnce(operation, input, { ...options, idempotency, answer });
        send(exchange, once.answer, once.replayed);
      }
    } catch (error) {
      throw isRefusedInput(error, operation.id) ? inputRefusal(error) : error;
    }
  };
}

function send(exchange: Exchange, { status, body, headers }: Answer, isReplayed = false): void {
  exchange.answer(
    status,
    body,
    JSON_TYPE,
    isReplayed ? { ...headers, "idempotent-replayed": "true" } : headers,
  );
}

/** Checks a parsed body. A route that takes none takes an empty object for none, which many clients send. */
function bodyCheck(schema: TSchema | undefined): (body: unknown) => unknown {
  if (schema === undefined) {
    return (body) => {
      if (body !== undefined && !isEmptyObject(body))
        refuseBody([{ path: "", message: "is not taken here" }]);
      return undefined;
    };
  }
  const check = validator(schema);
  return (body) => {
    if (body === undefined) refuseBody([{ path: "", message: "is required" }]);
    if (!check.accepts(body)) refuseBody(check.violations(body));
    return body;
  };
}

function refuseBody(violations: readonly SchemaViolation[]): never {
  throw new Refusal("REQUEST_INVALID", { errors: below("/body", violations) });
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  );
}

/**
 * The contract may be stricter than the route's schemas; then it is still the request that is wrong. The input of
 * an operation further down, which this one called, is not the client's doing.
 */
function isRefusedInput(error: unknown, operation: string): error is SchemaError {
  return (
    error instanceof SchemaError && error.code === "ASHLAR_INPUT_INVALID" && error.operation === operation
  );
}

function inputRefusal(error: SchemaError): Refusal {
  return new Refusal("REQUEST_INVALID", { errors: below("/input", error.violations) });
}

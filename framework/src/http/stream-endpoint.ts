import type { IncomingMessage } from "node:http";
import type { App, Execute, StreamRoute } from "../module/index.ts";
import { allowList } from "./allow-list.ts";
import { admit } from "./bearer.ts";
import type { Endpoint, Exchange } from "./exchange.ts";
import type { Limits } from "./limits.ts";
import { essenceOf } from "./media-type.ts";
import { JSON_TYPE } from "./operation-endpoint.ts";
import { Refusal } from "./problem.ts";
import { refuseAnnounced, tooLarge } from "./request-body.ts";
import { urlPart } from "./url-part.ts";

/** Makes the endpoint of a route that reads its body as it arrives. */
export function streamEndpoint(app: App, route: StreamRoute, name: string, limits: Limits): Endpoint {
  const consumes = new Set(route.consumes.map((type) => type.toLowerCase()));
  const allowed = allowList(route.output, name, "output");
  const readQuery = urlPart(undefined, "query");

  return async (exchange, _params, query) => {
    await admit(app, route.auth, exchange);
    readQuery(query as never);
    const { incoming, actor, traceId, span } = exchange;
    const contentType = essenceOf(incoming.headers["content-type"]);
    if (!consumes.has(contentType) || incoming.headers["content-encoding"] !== undefined) {
      const detail = `Send one of ${[...consumes].join(", ")} in UTF-8, uncompressed.`;
      throw new Refusal("MEDIA_TYPE_UNSUPPORTED", { detail });
    }
    refuseAnnounced(incoming, route.maxBytes);
    // Each operation gets the time that a request has; the upload as a whole takes as long as it keeps moving.
    const execute: Execute = (operation, input) =>
      app.execute(operation, input, {
        actor,
        traceId,
        parentSpan: span,
        deadline: Date.now() + limits.requestTimeoutMs,
      });
    const body = limitedBody(exchange, route.maxBytes, limits.requestTimeoutMs);
    const output = await route.run({ body, contentType, headers: incoming.headers, actor, execute });
    exchange.answer(200, JSON.stringify(allowed(output)), JSON_TYPE);
  };
}

/**
 * The chunks of the body, each asked for only when the reader wants it, so a slow reader slows its client down.
 * Ends with an error when there is more than allowed, when nothing comes for `idleMs`, and when the client goes.
 */
async function* limitedBody(
  exchange: Exchange,
  maxBytes: number,
  idleMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  // A reader that stops early must not destroy the connection that its answer is to go out on.
  const chunks = chunksOf(exchange.incoming);
  let size = 0;
  for (;;) {
    // The time the reader takes is not the client's: the clock runs only while a chunk is waited for.
    const idle = setTimeout(() => exchange.refuse(new Refusal("REQUEST_INCOMPLETE")), idleMs);
    let next: IteratorResult<Uint8Array>;
    try {
      next = await chunks.next();
    } catch {
      throw new Refusal("REQUEST_INCOMPLETE");
    } finally {
      clearTimeout(idle);
    }
    if (next.done === true) return;
    size += next.value.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    yield next.value;
  }
}

function chunksOf(incoming: IncomingMessage): AsyncIterator<Uint8Array> {
  return incoming.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
}

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { type Actor, actorKey, anonymous } from "../module/index.ts";
import type { SpanRing } from "../telemetry/index.ts";
import type { DeclaredProblems } from "./declared-problems.ts";
import type { Limits } from "./limits.ts";
import { PROBLEM_TYPE, type Problem, problemText, Refusal } from "./problem.ts";
import { problemOf } from "./problem-of.ts";
import { hasBody } from "./request-body.ts";
import { traceOriginOf } from "./trace.ts";
import type { Traffic } from "./traffic.ts";

/** What all requests of one edge have in common. */
export interface Surroundings {
  readonly log: Logger;
  readonly limits: Limits;
  readonly traffic: Traffic;
  readonly spans: SpanRing;
  readonly securityHeaders: readonly string[];
  readonly declared: DeclaredProblems;
}

/** Serves one request of a route. `params` and `query` are as the router reads them from the URL. */
export type Endpoint = (exchange: Exchange, params: object, query: object) => Promise<void>;

/** How a request is to be treated and called in the log. */
export interface Manner {
  /** The path as the route declares it; never the path as sent, which may hold what a log must not. */
  readonly route: string;
  /** How its span is called: method and declared path. */
  readonly spanName: string;
  /** The module that serves it; "" for none. */
  readonly module: string;
  /** Requests that come every few seconds for ever are logged at debug. */
  readonly isQuiet?: boolean;
  /** A stream lasts as long as it needs; its reader and its operations keep the time. */
  readonly isStream?: boolean;
}

/** What comes every few seconds for ever would push out of the ring what somebody did. */
const NO_SPAN = 0;
/** How much later than the operation's own deadline the edge answers in its place. */
const DEADLINE_GRACE_MS = 250;
/** How long the rest of an unwanted body is read and thrown away, so that the client gets to read the answer. */
const LINGER_MS = 1_000;

/**
 * One request and its answer. Whoever comes first answers (the work, the deadline, a refusal); later answers are
 * dropped. It counts as in progress until the answer is out and the work has ended, since work goes on when its
 * client has gone or was told that it took too long.
 */
export class Exchange {
  readonly incoming: IncomingMessage;
  readonly traceId: string;
  /** Of this request, for what is done for it to be part of. */
  readonly span: number;
  /** Milliseconds of the epoch. */
  readonly deadline: number;
  actor: Actor = anonymous;
  readonly #outgoing: ServerResponse;
  readonly #surroundings: Surroundings;
  readonly #manner: Manner;
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout | null;
  #isAnswered = false;
  /** The code of the problem that it was answered with, and whether that was our failure. */
  #problemCode: string | null = null;
  #hasFailed = false;
  #hasEnded = false;

  constructor(
    surroundings: Surroundings,
    manner: Manner,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ) {
    this.#surroundings = surroundings;
    this.#manner = manner;
    this.incoming = incoming;
    this.#outgoing = outgoing;
    const { traceId, parent } = traceOriginOf(incoming.headers.traceparent as string | undefined);
    this.traceId = traceId;
    const { module, spanName } = manner;
    this.span =
      manner.isQuiet === true
        ? NO_SPAN
        : surroundings.spans.start("request", module, spanName, traceId, 0, this.#startedAt, parent);
    const { requestTimeoutMs } = surroundings.limits;
    this.deadline = Date.now() + requestTimeoutMs;
    this.#timer =
      manner.isStream === true ? null : setTimeout(expire, requestTimeoutMs + DEADLINE_GRACE_MS, this);
    surroundings.traffic.enter();
    // Comes after every answer, also one that the client did not wait for.
    outgoing.on("close", () => this.#finished());
  }

  /** True when the client has gone, or was answered already. Work may go on, but nobody hears of it. */
  get isOver(): boolean {
    return this.#isAnswered || this.#outgoing.destroyed;
  }

  /** Lets the endpoint answer; what it throws becomes the answer. */
  async serve(endpoint: Endpoint, params: object, query: object): Promise<void> {
    try {
      refuseAmbiguousHost(this.incoming);
      await endpoint(this, params, query);
    } catch (error) {
      this.refuse(error);
    } finally {
      this.#leave();
    }
  }

  /** Answers with `body`, or with none when it is null. Names of `headers` are lower-case. */
  answer(
    status: number,
    body: string | Uint8Array | null,
    contentType: string,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    if (this.isOver) return;
    const lines = this.#headLines(headers);
    if (body !== null) {
      lines.push("content-type", contentType, "content-length", Buffer.byteLength(body));
    } else if (status !== 204) {
      lines.push("content-length", 0);
    }
    if (this.#surroundings.traffic.isDraining) lines.push("connection", "close");
    this.#outgoing.writeHead(status, lines);
    this.#isAnswered = true;
    if (!this.incoming.complete && hasBody(this.incoming)) this.#linger();
    this.#outgoing.end(body ?? undefined);
  }

  /**
   * Begins an answer that its route goes on writing and ends itself, on a route that `isStream`. Null when the client
   * has gone already.
   */
  stream(contentType: string, headers: Readonly<Record<string, string>> = {}): ServerResponse | null {
    if (this.isOver) return null;
    const lines = this.#headLines(headers);
    lines.push("content-type", contentType);
    this.#outgoing.writeHead(200, lines);
    this.#outgoing.flushHeaders();
    this.#isAnswered = true;
    return this.#outgoing;
  }

  /**
   * Answers with a problem: a refusal, a declared error of the operation, or a failure, which is logged. Never
   * throws; where not even that can be answered, the connection ends.
   */
  refuse(error: unknown): void {
    if (this.isOver) return;
    try {
      const found = problemOf(error, this.#surroundings.declared);
      if (found.status >= 500) this.#logFailure(error, found);
      this.answer(found.status, problemText(found, this.traceId), PROBLEM_TYPE, found.headers);
      this.#problemCode = found.code;
      this.#hasFailed = found.status >= 500;
    } catch (unanswerable) {
      this.#problemCode = "INTERNAL";
      this.#hasFailed = true;
      this.#outgoing.destroy();
      this.#surroundings.log.error({ trace: this.traceId, err: unanswerable }, "request not answered");
    }
  }

  /** Called at the deadline. A body that is still on its way is the client's slowness, anything else is ours. */
  expire(): void {
    this.refuse(new Refusal(this.incoming.complete ? "REQUEST_TIMEOUT" : "REQUEST_INCOMPLETE"));
  }

  /**
   * Closing a connection with unread bytes in it resets it, and the client may then never see its answer. So the
   * rest is read and dropped for a moment, and only a client that still has not finished is cut off.
   */
  #linger(): void {
    const { incoming } = this;
    incoming.removeAllListeners("data").removeAllListeners("readable");
    incoming.resume();
    // Destroys the connection too. Node forgets a request once it is answered, so that closing the connection alone
    // would leave whoever reads the body waiting for ever.
    const cut = setTimeout(() => incoming.destroy(), LINGER_MS);
    incoming.once("close", () => clearTimeout(cut));
  }

  #headLines(headers: Readonly<Record<string, string>>): (string | number)[] {
    const lines: (string | number)[] = ["trace-id", this.traceId];
    const { securityHeaders } = this.#surroundings;
    // Pairs. A page needs a policy of its own; two of one name would both apply.
    for (let at = 0; at < securityHeaders.length; at += 2) {
      const name = securityHeaders[at]!;
      if (headers[name] === undefined) lines.push(name, securityHeaders[at + 1]!);
    }
    for (const name of Object.keys(headers)) lines.push(name, headers[name]!);
    // Answers depend on who asks and change at any time. A route that knows better says so in its own headers.
    if (headers["cache-control"] === undefined) lines.push("cache-control", "no-store");
    return lines;
  }

  #finished(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#logRequest();
    const isAbandoned = !this.#isAnswered && this.#problemCode === null;
    this.#surroundings.spans.end(this.span, isAbandoned ? "CLIENT_GONE" : this.#problemCode, this.#hasFailed);
    this.#leave();
  }

  /** The second of two calls leaves: one comes with the end of the work, one with the end of the answer. */
  #leave(): void {
    if (this.#hasEnded) this.#surroundings.traffic.leave();
    this.#hasEnded = true;
  }

  #logRequest(): void {
    const { log } = this.#surroundings;
    const level = this.#manner.isQuiet === true ? "debug" : "info";
    if (!log.isLevelEnabled(level)) return;
    log[level](
      {
        trace: this.traceId,
        method: this.incoming.method,
        route: this.#manner.route,
        status: this.#isAnswered ? this.#outgoing.statusCode : CLIENT_GONE,
        ms: Math.round((performance.now() - this.#startedAt) * 10) / 10,
        actor: actorKey(this.actor),
      },
      "request",
    );
  }

  #logFailure(error: unknown, found: Problem): void {
    const { log } = this.#surroundings;
    const about = { trace: this.traceId, route: this.#manner.route, code: found.code, err: error };
    if (found.status === 500) log.error(about, "request failed");
    else log.warn(about, "request not served");
  }
}

/** RFC 9112, section 3.2: one Host field. Two of them arrive joined by a comma. */
function refuseAmbiguousHost({ headers, httpVersion }: IncomingMessage): void {
  const { host } = headers;
  if (host === undefined ? httpVersion === "1.1" : host.includes(",")) {
    throw new Refusal("REQUEST_MALFORMED", {
      errors: [{ path: "/headers/host", message: "is required once" }],
    });
  }
}

/** What the log says where no answer could be given, as other servers do. */
const CLIENT_GONE = 499;

function expire(exchange: Exchange): void {
  exchange.expire();
}

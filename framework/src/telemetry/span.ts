/** What a span can be the measure of. */
export const SPAN_KINDS = ["request", "call", "statement", "job", "delivery"] as const;

export type SpanKind = (typeof SPAN_KINDS)[number];

/** A stretch of work that was measured: a request, a call between modules, a statement, a job's attempt, a delivery. */
export interface Span {
  /** Sequence number of the span, unique in its ring; `parent` is 0 for a root. */
  readonly id: number;
  readonly parent: number;
  /** The root it belongs to: its own id for a root, 0 when the parent had ended and left no trace. */
  readonly root: number;
  /** The parent in another process, as `traceparent` named it: 16 hexadecimal digits, "" for none. */
  readonly remoteParent: string;
  /** Id of the job whose attempt or delivery it is, "" for none. */
  readonly job: string;
  readonly traceId: string;
  readonly kind: SpanKind;
  /** `GET /v1/orders/{id}`, `ordering.placeOrder`, `select catalog.products`, `ordering.expireOrders`. */
  readonly name: string;
  /** "" for none: a request that no module serves. */
  readonly module: string;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly failed: boolean;
  /** A stable code, also of a refusal that is no failure, such as ORDERING_OUT_OF_STOCK. */
  readonly error: string | null;
}

/**
 * Is told of every span as it ends. It runs inside the work that was measured, so it must be cheap and must not
 * throw. What it is not given, `ring.at(id)` has.
 */
export type SpanListener = (
  kind: SpanKind,
  module: string,
  name: string,
  durationMs: number,
  error: string | null,
  failed: boolean,
  id: number,
) => void;

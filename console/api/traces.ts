export const TRACE_KINDS = ["request", "call", "job", "delivery"] as const;

export type TraceKind = (typeof TRACE_KINDS)[number];

export type SpanKindView = TraceKind | "statement";

/**
 * GET /console/api/traces?module&name&kind&failed=1&error=CODE&slow=1&minMs&from&until&trace&after: kept traces, the
 * newest first, with `slow=1` the slowest first. `from` and `until` are milliseconds of the epoch.
 */
export interface TracePage {
  readonly traces: readonly TraceRow[];
  /** For `after` of the next page; null after the last trace. */
  readonly next: string | null;
}

/** What one process did for one request, call from outside, attempt or delivery. */
export interface TraceRow {
  /** Of the row: a trace that goes on in jobs has several. */
  readonly id: number;
  readonly traceId: string;
  readonly kind: TraceKind;
  /** Null for a request that no module serves. */
  readonly module: string | null;
  /** `GET /v1/orders/{id}`, `ordering.placeOrder`, `ordering.expireOrders`. */
  readonly name: string;
  readonly reason: "failed" | "slow" | "random";
  readonly startedAt: number;
  readonly durationMs: number;
  readonly failed: boolean;
  /** A stable code, also of a refusal that is no failure. */
  readonly error: string | null;
  readonly spanCount: number;
  readonly statementCount: number;
  /** The worst of its repeated statements: how often one ran under one parent. 0 for none. */
  readonly repeats: number;
}

/** GET /console/api/trace-names?module&from&until: what the kept traces are of, the most frequent first. */
export interface TraceNames {
  readonly names: readonly TraceName[];
  /** They are of the newest so many traces; older ones were not looked at. Null when all were. */
  readonly ofNewest: number | null;
}

export interface TraceName {
  readonly kind: TraceKind;
  readonly module: string | null;
  readonly name: string;
  readonly kept: number;
  readonly failed: number;
  readonly slowestMs: number;
}

/** GET /console/api/traces/{traceId}. */
export interface TraceView {
  readonly traceId: string;
  /** Of the first of its parts. */
  readonly startedAt: number;
  /** From the start of the first part to the end of the last. */
  readonly durationMs: number;
  readonly statementCount: number;
  readonly spanCount: number;
  /** Some spans were not kept. */
  readonly isPartial: boolean;
  /** In the order in which they began. */
  readonly parts: readonly TracePart[];
  /** True when there are more parts than are shown. */
  readonly hasMoreParts: boolean;
  /** In tree order, part after part. */
  readonly spans: readonly SpanView[];
  /** Where the time went, most first. */
  readonly modules: readonly ModuleTime[];
  readonly repeated: readonly RepeatedStatement[];
  readonly logs: TraceLogs;
}

/** A root: the request, or a job or delivery that followed from it. */
export interface TracePart {
  /** Key of its root in `spans`. */
  readonly root: string;
  readonly kind: TraceKind;
  readonly module: string | null;
  readonly name: string;
  readonly reason: "failed" | "slow" | "random";
  readonly startedAt: number;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly error: string | null;
  readonly isPartial: boolean;
  /** Key of the span that it follows from, when that is known and in another part. */
  readonly follows: string | null;
  /** It follows from a span that is not here: of another service, or of a trace that was not kept. */
  readonly isContinued: boolean;
  /** Page of the job whose attempt it was, relative to /console. */
  readonly job: string | null;
}

export interface SpanView {
  /** Unique in the trace. */
  readonly key: string;
  /** Key of the span that it is part of; null for a root. */
  readonly parent: string | null;
  readonly depth: number;
  readonly part: number;
  readonly kind: SpanKindView;
  readonly module: string | null;
  /** Of a statement: its verb and table, never its text with values. */
  readonly name: string;
  /** After the start of the trace; parts of other machines by their clocks. */
  readonly offsetMs: number;
  readonly durationMs: number;
  /** Of it, what no span inside it accounts for. */
  readonly ownMs: number;
  readonly failed: boolean;
  readonly error: string | null;
}

export interface ModuleTime {
  /** Null for requests that no module serves. */
  readonly module: string | null;
  /** Time in its spans that is not in spans inside them; of spans side by side, each counts. */
  readonly ownMs: number;
  /** Of `ownMs`, in statements. */
  readonly statementMs: number;
  readonly statements: number;
  readonly failed: number;
}

/** The same statement many times under one parent: what one statement with a join or a list would do. */
export interface RepeatedStatement {
  /** Key of the span under which they ran. */
  readonly parent: string;
  readonly parentName: string;
  readonly module: string | null;
  readonly name: string;
  readonly count: number;
  readonly totalMs: number;
}

/** Lines at warn and above that the answering instance still holds in memory; other instances have their own. */
export interface TraceLogs {
  /** `<host>:<pid>`. */
  readonly instance: string;
  readonly lines: readonly LogLineView[];
  /** True when there are more than are shown. */
  readonly hasMore: boolean;
}

export interface LogLineView {
  readonly at: number | null;
  readonly level: string;
  readonly module: string | null;
  readonly message: string;
  /** Everything else of the line, as JSON text; secrets were taken out when it was written. */
  readonly fields: string;
}

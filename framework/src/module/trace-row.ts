import type { KeptTrace, Span, SpanKind } from "../telemetry/index.ts";

/**
 * A span as `ashlar.traces` holds it, without keys, since there are many: id, parent, kind, module, name, milliseconds
 * after the root's start, duration in milliseconds, error code or null, whether it failed, how many spans of its
 * process began between the root and it.
 */
export type PackedSpan = readonly [
  id: number,
  parent: number,
  kind: SpanKind,
  module: string,
  name: string,
  offsetMs: number,
  durationMs: number,
  error: string | null,
  failed: 0 | 1,
  ringOffset?: number,
];

/** A span of a stored trace. Its id counts within the trace, from 1 for the root. */
export interface StoredSpan {
  readonly id: number;
  /** 0 for the root, and for one whose parent was not kept. */
  readonly parent: number;
  readonly kind: SpanKind;
  readonly module: string;
  readonly name: string;
  readonly offsetMs: number;
  readonly durationMs: number;
  readonly error: string | null;
  readonly failed: boolean;
  /** With `wireIdOf` it tells the id that other processes know the span by; null for those stored by older releases. */
  readonly ringOffset: number | null;
}

/** What `ashlar.traces` is to hold of a trace, by column. */
export function traceRow(trace: KeptTrace) {
  const { root, spans } = trace;
  const places = new Map(spans.map(({ id }, place) => [id, place + 1]));
  return {
    trace_id: root.traceId,
    span_id: trace.wireId,
    remote_parent: root.remoteParent === "" ? null : root.remoteParent,
    kind: root.kind,
    module: root.module,
    name: root.name,
    reason: trace.reason,
    started_at: new Date(trace.startedAt).toISOString(),
    duration_ms: rounded(root.durationMs),
    failed: root.failed,
    error: root.error,
    job: root.job === "" ? null : root.job,
    span_count: trace.spanCount,
    statement_count: trace.statementCount,
    is_partial: trace.isPartial,
    spans: spans.map((span) => packed(span, root, places)),
  };
}

/** The spans of a stored trace, as its column `spans` has them. */
export function storedSpans(packedSpans: readonly PackedSpan[]): StoredSpan[] {
  return packedSpans.map(
    ([id, parent, kind, module, name, offsetMs, durationMs, error, failed, ringOffset]): StoredSpan => ({
      id,
      parent,
      kind,
      module,
      name,
      offsetMs,
      durationMs,
      error,
      failed: failed === 1,
      ringOffset: ringOffset ?? null,
    }),
  );
}

/** How a span is known outside its process, from how its root is. The ids of one process are numbered. */
export function wireIdOf(rootWireId: string, ringOffset: number): string {
  const number = (Number.parseInt(rootWireId.slice(8), 16) + ringOffset) >>> 0;
  return rootWireId.slice(0, 8) + number.toString(16).padStart(8, "0");
}

function packed(span: Span, root: Span, places: ReadonlyMap<number, number>): PackedSpan {
  return [
    places.get(span.id)!,
    places.get(span.parent) ?? 0,
    span.kind,
    span.module,
    span.name,
    rounded(span.startedAt - root.startedAt),
    rounded(span.durationMs),
    span.error,
    span.failed ? 1 : 0,
    span.id - root.id,
  ];
}

/** To the microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

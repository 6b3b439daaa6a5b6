import type { SpanView, TraceView } from "../../../../api/traces.ts";

/** A span as a row of the waterfall. */
export interface SpanRow {
  readonly span: SpanView;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
}

/** The rows that nobody has closed away; `spans` in tree order. */
export function visibleRows(spans: readonly SpanView[], closed: ReadonlySet<string>): SpanRow[] {
  const rows: SpanRow[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const [index, span] of spans.entries()) {
    if (span.depth > hiddenBelow) continue;
    hiddenBelow = Number.POSITIVE_INFINITY;
    const hasChildren = (spans[index + 1]?.depth ?? 0) > span.depth;
    const isOpen = hasChildren && !closed.has(span.key);
    if (hasChildren && !isOpen) hiddenBelow = span.depth;
    rows.push({ span, hasChildren, isOpen });
  }
  return rows;
}

/** Keys of the spans that a span is inside of. */
export function ancestorsOf(spans: readonly SpanView[], key: string): string[] {
  const parents = new Map(spans.map((span) => [span.key, span.parent]));
  const ancestors: string[] = [];
  for (let at = parents.get(key); at != null; at = parents.get(at)) ancestors.push(at);
  return ancestors;
}

/** What the bars are drawn along. */
export interface Axis {
  readonly lengthMs: number;
  /** Where a span begins on it. */
  startOf(span: SpanView): number;
}

/** From the start of the whole trace, or of each part from its own start: a job may run long after its request. */
export function axisOf(trace: TraceView, isByPart: boolean): Axis {
  if (!isByPart) return { lengthMs: Math.max(trace.durationMs, 0.001), startOf: ({ offsetMs }) => offsetMs };
  const starts = trace.parts.map(({ startedAt }) => startedAt - trace.startedAt);
  return {
    lengthMs: Math.max(longestPart(trace), 0.001),
    startOf: ({ offsetMs, part }) => offsetMs - (starts[part] ?? 0),
  };
}

/** Whether most of the trace was waiting between its parts. */
export function isMostlyGaps(trace: TraceView): boolean {
  return trace.parts.length > 1 && trace.durationMs > 3 * longestPart(trace);
}

function longestPart({ parts }: TraceView): number {
  return Math.max(...parts.map(({ durationMs }) => durationMs));
}

/** How far apart the moments of the ruler are: round, and at most seven of them. */
export function stepOf(lengthMs: number): number {
  const rough = lengthMs / 6;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((each) => each >= rough)!;
}

/** Round moments for the ruler, from 0. */
export function ticksOf(lengthMs: number): number[] {
  const step = stepOf(lengthMs);
  return Array.from({ length: Math.floor(lengthMs / step) + 1 }, (_, index) => index * step);
}

import { type PackedSpan, storedSpans, wireIdOf } from "ashlar/module";
import type { SpanView, TraceKind, TracePart, TraceRow, TraceView } from "../../api/traces.ts";
import { moduleTimes } from "./module-times.ts";
import { ownTimes } from "./own-times.ts";
import { repeatedStatements } from "./repeated-statements.ts";

/** A row of `ashlar.traces`. */
export interface StoredTrace {
  readonly spanId: string;
  readonly remoteParent: string | null;
  readonly kind: TraceKind;
  readonly module: string;
  readonly name: string;
  readonly reason: TraceRow["reason"];
  /** Milliseconds of the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly error: string | null;
  readonly spanCount: number;
  readonly statementCount: number;
  readonly isPartial: boolean;
  readonly job: string | null;
  readonly spans: readonly PackedSpan[];
}

/** Beyond, later parts are shown without what happened inside them. */
const MOST_SPANS = 5_000;

/** What one trace was, over all its parts; `rows` in the order of their start, at least one. */
export function traceView(
  traceId: string,
  rows: readonly StoredTrace[],
  hasMoreParts: boolean,
): Omit<TraceView, "logs"> {
  const startedAt = Math.min(...rows.map((row) => row.startedAt));
  const spans: SpanView[] = [];
  const byWireId = new Map<string, string>();
  const cut = new Set<number>();
  for (const [part, row] of rows.entries()) {
    const roomFor = spans.length + row.spans.length <= MOST_SPANS ? row.spans.length : 1;
    if (roomFor < row.spans.length) cut.add(part);
    spans.push(...partSpans(part, row, roomFor, row.startedAt - startedAt, byWireId));
  }
  return {
    traceId,
    startedAt,
    durationMs: Math.max(...rows.map((row) => row.startedAt + row.durationMs)) - startedAt,
    statementCount: sum(rows.map(({ statementCount }) => statementCount)),
    spanCount: sum(rows.map(({ spanCount }) => spanCount)),
    isPartial: cut.size > 0 || rows.some(({ isPartial }) => isPartial),
    parts: rows.map((row, part) => partOf(row, part, byWireId, cut.has(part))),
    hasMoreParts,
    spans,
    modules: moduleTimes(spans),
    repeated: repeatedStatements(spans),
  };
}

function partOf(
  row: StoredTrace,
  part: number,
  byWireId: ReadonlyMap<string, string>,
  isCut: boolean,
): TracePart {
  const { kind, module, name, reason, startedAt, durationMs, failed, error, remoteParent, job } = row;
  const follows = remoteParent === null ? null : (byWireId.get(remoteParent) ?? null);
  return {
    root: keyOf(part, 1),
    kind,
    module: module === "" ? null : module,
    name,
    reason,
    startedAt,
    durationMs,
    failed,
    error,
    isPartial: row.isPartial || isCut,
    follows,
    isContinued: remoteParent !== null && follows === null,
    job: job === null ? null : `/jobs/${encodeURIComponent(job)}`,
  };
}

/** The spans of one part in tree order, children in the order of their start. */
function partSpans(
  part: number,
  row: StoredTrace,
  most: number,
  shiftMs: number,
  byWireId: Map<string, string>,
): SpanView[] {
  const stored = storedSpans(row.spans.slice(0, most));
  const ids = new Set(stored.map(({ id }) => id));
  const own = ownTimes(stored);
  const children = new Map<number, (typeof stored)[number][]>();
  for (const span of stored) {
    if (span.ringOffset !== null) byWireId.set(wireIdOf(row.spanId, span.ringOffset), keyOf(part, span.id));
    // One whose parent was not kept is shown under the root.
    const parent = span.id === 1 ? 0 : ids.has(span.parent) && span.parent < span.id ? span.parent : 1;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [span]);
    else siblings.push(span);
  }
  const views: SpanView[] = [];
  // Without recursion: a chain of calls may be as long as there are spans.
  const open = (children.get(0) ?? []).map((span) => ({ span, parent: null as string | null, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { span, parent, depth } = next;
    const key = keyOf(part, span.id);
    views.push({
      key,
      parent,
      depth,
      part,
      kind: span.kind,
      module: span.module === "" ? null : span.module,
      name: span.name,
      offsetMs: shiftMs + span.offsetMs,
      durationMs: span.durationMs,
      ownMs: own.get(span.id)!,
      failed: span.failed,
      error: span.error,
    });
    const inside = (children.get(span.id) ?? []).toSorted((a, b) => b.offsetMs - a.offsetMs || b.id - a.id);
    for (const child of inside) open.push({ span: child, parent: key, depth: depth + 1 });
  }
  return views;
}

function keyOf(part: number, id: number): string {
  return `${part}.${id}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import { randomFillSync } from "node:crypto";

const TRACE_BYTES = 16;
const pool = Buffer.allocUnsafe(TRACE_BYTES * 256);
let used = pool.length;

/** A new trace id. Drawn in batches: asking the system for every one would cost more than the rest of it. */
export function newTraceId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += TRACE_BYTES;
  return pool.toString("hex", used - TRACE_BYTES, used);
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const NO_TRACE = "0".repeat(32);
const NO_PARENT = "0".repeat(16);

/** Where a request stands in its trace. */
export interface TraceOrigin {
  readonly traceId: string;
  /** The caller's span, 16 hexadecimal digits; "" when the trace begins here. */
  readonly parent: string;
}

/** The trace that a W3C `traceparent` continues, or a new one when there is none or it breaks the rules. */
export function traceOriginOf(traceparent: string | undefined): TraceOrigin {
  const parts = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  if (parts === null) return { traceId: newTraceId(), parent: "" };
  const [, version, traceId, parent, more] = parts;
  const isValid =
    version !== "ff" &&
    traceId !== NO_TRACE &&
    parent !== NO_PARENT &&
    // Only versions after 00 may carry more.
    (more === undefined || version !== "00");
  return isValid ? { traceId: traceId!, parent: parent! } : { traceId: newTraceId(), parent: "" };
}

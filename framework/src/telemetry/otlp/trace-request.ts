import { createHash } from "node:crypto";
import type { Span } from "../span.ts";
import type { KeptTrace } from "../trace-keeper.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { describeSpan, OTLP_KINDS } from "./span-attributes.ts";

/** Of a kept trace, what is sent. */
export type ExportedTrace = Pick<KeptTrace, "root" | "startedAt" | "spans">;

/** Who the spans are of. */
export interface SpanSource {
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** Tells the instances of a service apart. */
  readonly instanceId: string;
  /** A span's id outside of this process, as in `traceparent`: 16 hexadecimal digits. */
  readonly wireId: (id: number) => string;
}

/** Longer names and values are cut: a statement's text may be as long as whoever wrote it liked. */
export const MAX_TEXT = 1024;

const SCOPE = "ashlar";
const STATUS_ERROR = 2;
/** Sampled, and it is known whether the parent is in another process; the third says that it is. */
const FLAGS = 0x101;
const FLAG_REMOTE_PARENT = 0x200;

/**
 * An ExportTraceServiceRequest of OTLP 1, in protobuf. Field by field and byte by byte what the serialiser of
 * OpenTelemetry's JavaScript SDK writes for the same spans, zeros included: so the one can be held against the other.
 */
export function encodeTraces(traces: readonly ExportedTrace[], source: SpanSource): Buffer {
  const writer = new ProtobufWriter();
  const resourceSpans = writer.open(1);
  writeResource(writer, source);
  const scopeSpans = writer.open(2);
  const scope = writer.open(1);
  writer.string(1, SCOPE);
  writer.close(scope);
  for (const { root, startedAt, spans } of traces) {
    const traceBytes = bytesOfTraceId(root.traceId);
    for (const span of spans) {
      writeSpan(writer, traceBytes, span, startedAt + (span.startedAt - root.startedAt), source.wireId);
    }
  }
  writer.close(scopeSpans);
  writer.close(resourceSpans);
  return writer.finish();
}

function writeResource(writer: ProtobufWriter, source: SpanSource): void {
  const resource = writer.open(1);
  writeAttribute(writer, 1, "service.name", source.serviceName);
  writeAttribute(writer, 1, "service.version", source.serviceVersion);
  writeAttribute(writer, 1, "service.instance.id", source.instanceId);
  writer.uint32(2, 0);
  writer.close(resource);
}

function writeSpan(
  writer: ProtobufWriter,
  traceBytes: Uint8Array,
  span: Span,
  startedAt: number,
  wireId: SpanSource["wireId"],
): void {
  const opened = writer.open(2);
  writer.bytes(1, traceBytes);
  writer.bytes(2, Buffer.from(wireId(span.id), "hex"));
  const hasRemoteParent = span.parent === 0 && span.remoteParent !== "";
  if (hasRemoteParent) writer.bytes(4, Buffer.from(span.remoteParent, "hex"));
  else if (span.parent !== 0) writer.bytes(4, Buffer.from(wireId(span.parent), "hex"));
  writer.string(5, cut(span.name));
  writer.uint32(6, OTLP_KINDS[span.kind]);
  writer.nanoseconds(7, startedAt);
  writer.nanoseconds(8, startedAt + span.durationMs);
  describeSpan(span, (key, value) => writeAttribute(writer, 9, key, value));
  // How many attributes, events and links were left out.
  writer.uint32(10, 0);
  writer.uint32(12, 0);
  writer.uint32(14, 0);
  const status = writer.open(15);
  if (span.failed) writer.string(2, cut(span.error ?? "failed"));
  writer.uint32(3, span.failed ? STATUS_ERROR : 0);
  writer.close(status);
  writer.fixed32(16, hasRemoteParent ? FLAGS | FLAG_REMOTE_PARENT : FLAGS);
  writer.close(opened);
}

function writeAttribute(writer: ProtobufWriter, field: number, key: string, value: string): void {
  const attribute = writer.open(field);
  writer.string(1, key);
  const any = writer.open(2);
  writer.string(1, cut(value));
  writer.close(any);
  writer.close(attribute);
}

/** Between characters: half a surrogate pair at the end would not be what was there. */
function cut(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  const last = text.charCodeAt(MAX_TEXT - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? MAX_TEXT - 1 : MAX_TEXT);
}

/**
 * The 16 bytes of a trace id: 32 hexadecimal digits, with the dashes of a UUID or without. A test may have named a
 * trace otherwise; then it is their digest, so that the spans of one trace stay together.
 */
function bytesOfTraceId(traceId: string): Uint8Array {
  const digits = traceId.replaceAll("-", "");
  return /^[0-9a-f]{32}$/i.test(digits)
    ? Buffer.from(digits, "hex")
    : createHash("sha256").update(traceId).digest().subarray(0, 16);
}

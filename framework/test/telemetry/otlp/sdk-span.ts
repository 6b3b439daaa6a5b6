import type { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { SpanSource } from "../../../src/telemetry/otlp/trace-request.ts";
import type { Span } from "../../../src/telemetry/span.ts";

type SdkSpan = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];

const PREFIX = "a1b2c3d4";

export const source: SpanSource = {
  serviceName: "shop",
  serviceVersion: "0.1.0",
  instanceId: "instance-1",
  wireId: (id) => PREFIX + (id >>> 0).toString(16).padStart(8, "0"),
};

const resource = {
  attributes: {
    "service.name": source.serviceName,
    "service.version": source.serviceVersion,
    "service.instance.id": source.instanceId,
  },
};
const scope = { name: "ashlar" };
const KINDS = { call: 0, request: 1, statement: 2, job: 4, delivery: 4 };

/** A span as OpenTelemetry's SDK would hold it, begun at this Unix time and with exactly these attributes. */
export function sdkSpan(span: Span, startedAt: number, attributes: Record<string, string>): SdkSpan {
  const { traceId: written, kind, name, failed, error, remoteParent } = span;
  const traceId = written.replaceAll("-", "");
  const context = (spanId: string, isRemote: boolean) => ({ traceId, spanId, traceFlags: 1, isRemote });
  const parent =
    span.parent !== 0
      ? context(source.wireId(span.parent), false)
      : remoteParent === ""
        ? undefined
        : context(remoteParent, true);
  const made = {
    name,
    kind: KINDS[kind],
    spanContext: () => context(source.wireId(span.id), false),
    parentSpanContext: parent,
    startTime: highResolution(startedAt),
    endTime: highResolution(startedAt + span.durationMs),
    status: failed ? { code: 2, message: error ?? "failed" } : { code: 0 },
    attributes,
    links: [],
    events: [],
    duration: [0, 0],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
  // The SDK's types are those of another package that only comes along with this one.
  return made as unknown as SdkSpan;
}

/** Seconds and nanoseconds, by exact arithmetic. */
function highResolution(milliseconds: number): [number, number] {
  const whole = Math.floor(milliseconds);
  const nanoseconds = BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1e6));
  return [Number(nanoseconds / 1_000_000_000n), Number(nanoseconds % 1_000_000_000n)];
}

import type { Span } from "../span.ts";

/** What OpenTelemetry calls the sides of an operation, by their numbers in `Span.SpanKind`. */
export const OTLP_KINDS = { request: 2, call: 1, statement: 3, job: 5, delivery: 5 } as const;

/**
 * Tells what a span has beyond its name, by OpenTelemetry's semantic conventions; `ashlar.…` where they have no word.
 * Only a failure has an `error.type`: backends count whatever has one as an error, and a refusal is an answer.
 */
export function describeSpan(span: Span, tell: (key: string, value: string) => void): void {
  if (span.module !== "") tell("ashlar.module", span.module);
  if (span.kind === "request") describeRequest(span.name, tell);
  if (span.kind === "statement") {
    tell("db.system.name", "postgresql");
    tell("db.query.summary", span.name);
  }
  if (span.failed) tell("error.type", span.error ?? "_OTHER");
  else if (span.error !== null) tell("ashlar.refusal", span.error);
}

/** `GET /v1/orders/{id}`, or a method alone where no route took the request. */
function describeRequest(name: string, tell: (key: string, value: string) => void): void {
  const space = name.indexOf(" ");
  const method = space === -1 ? name : name.slice(0, space);
  tell("http.request.method", method);
  if (name[space + 1] === "/" && space !== -1) tell("http.route", name.slice(space + 1));
}

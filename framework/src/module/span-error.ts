import { OperationError } from "../contract/index.ts";
import type { SpanRing } from "../telemetry/index.ts";

const CODE = /^[A-Z][A-Z0-9_]{1,79}$/;

/** Ends the span of work that threw. A declared refusal is told of, but is an answer and no failure. */
export function endWithError(spans: SpanRing, span: number, error: unknown): void {
  spans.end(span, errorCodeOf(error), !(error instanceof OperationError));
}

/** What an error is counted under: its stable code, else the name of its class. Never its message. */
export function errorCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return "UNKNOWN";
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && CODE.test(code)) return code;
  return error.constructor.name.slice(0, 80) || "Error";
}

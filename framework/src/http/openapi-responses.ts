import { STATUS_CODES } from "node:http";
import { type AnyOperation, type ErrorDeclaration, type TSchema, wireCode } from "../contract/index.ts";
import type { AuthPolicy } from "../module/index.ts";
import { hasNoData, statusOfKind } from "./declared-problems.ts";
import type { IdempotencyRule } from "./idempotency-key.ts";
import { plainSchema } from "./openapi-schema.ts";
import { type ProblemCode, problemCatalogue } from "./problem-catalogue.ts";

export type DocumentedResponses = Readonly<Record<string, object>>;

/** RFC 9457, with our extensions. */
export const PROBLEM_SCHEMA = {
  type: "object",
  required: ["type", "title", "status", "code", "trace"],
  properties: {
    type: { type: "string", format: "uri" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string", description: "Stable; clients branch on it." },
    detail: { type: "string" },
    errors: {
      type: "array",
      description:
        "What is wrong in the request, and where: JSON pointers into params, query, headers and body.",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
    data: { description: "What the code promises, if anything." },
    trace: { type: "string", description: "Identifies the request in the server's log." },
  },
} as const;

export function success(status: number, output: TSchema, isKeyed: boolean): DocumentedResponses {
  const replayed = {
    description: "Present, and true, on the repeated answer to a repeated request.",
    schema: { const: "true" },
  };
  return {
    [status]: {
      description: STATUS_CODES[status] ?? "Success",
      ...(isKeyed ? { headers: { "Idempotent-Replayed": replayed } } : {}),
      ...(status === 204 ? {} : { content: { "application/json": { schema: plainSchema(output) } } }),
    },
  };
}

/** What of a route decides which refusals it can answer. */
export interface Refusable {
  readonly auth: AuthPolicy;
  /** Parameters or a body. */
  readonly takesInput: boolean;
  readonly takesBody: boolean;
  /** Bodies are read as JSON wherever one may be sent, also where none is taken. */
  readonly readsJson: boolean;
  readonly key: IdempotencyRule;
  /** Whose declared errors are among them. Null for a stream that names none. */
  readonly operation: AnyOperation | null;
}

interface DocumentedError {
  readonly code: string;
  readonly status: number;
  readonly description: string;
  readonly data: object | null;
}

/** One response for each status, holding every code that is answered with it; `default` for what any route may meet. */
export function errorResponses(of: Refusable): DocumentedResponses {
  const errors = [...edgeErrors(of), ...declaredErrors(of.operation)];
  const responses: Record<string, object> = {};
  for (const status of [...new Set(errors.map((error) => error.status))].sort()) {
    const alike = errors.filter((error) => error.status === status);
    responses[status] = {
      description: alike.map(({ code, description }) => `${code}: ${description}`).join("\n"),
      content: {
        "application/problem+json": {
          schema: alike.length === 1 ? problemSchema(alike[0]!) : { oneOf: alike.map(problemSchema) },
        },
      },
    };
  }
  return {
    ...responses,
    default: {
      description: "Any other problem.",
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  };
}

/**
 * A status that is documented names all codes that the route can answer with it. API keys are refused wherever
 * no scope lets them in, so every policy can forbid. Without input all requests under one key are the same.
 */
function edgeErrors({ auth, takesInput, takesBody, readsJson, key }: Refusable): DocumentedError[] {
  const isKeyed = key !== "none";
  const canBeWrong = takesInput || isKeyed;
  const codes: ProblemCode[] = [
    ...(canBeWrong ? (["REQUEST_INVALID", "TEXT_INVALID"] as const) : []),
    ...(canBeWrong && readsJson ? (["JSON_MALFORMED", "JSON_TOO_COMPLEX"] as const) : []),
    ...(key === "required" ? (["IDEMPOTENCY_KEY_MISSING"] as const) : []),
    ...(isKeyed ? (["IDEMPOTENCY_KEY_INVALID"] as const) : []),
    ...(auth.kind === "anyone" ? [] : (["UNAUTHENTICATED", "FORBIDDEN"] as const)),
    ...(isKeyed ? (["IDEMPOTENCY_KEY_IN_USE"] as const) : []),
    ...(takesBody ? (["BODY_TOO_LARGE", "MEDIA_TYPE_UNSUPPORTED"] as const) : []),
    ...(isKeyed && takesInput ? (["IDEMPOTENCY_KEY_REUSED"] as const) : []),
  ];
  return codes.map((code) => ({
    code,
    status: problemCatalogue[code].status,
    description: problemCatalogue[code].title,
    data: null,
  }));
}

function declaredErrors(operation: AnyOperation | null): DocumentedError[] {
  if (operation === null) return [];
  return Object.entries(operation.errors).map(([code, declaration]: [string, ErrorDeclaration]) => ({
    code: wireCode(operation, code),
    status: statusOfKind[declaration.kind],
    description: declaration.description,
    data: hasNoData(declaration) ? null : plainSchema(declaration.data),
  }));
}

function problemSchema({ code, data }: DocumentedError): object {
  return {
    allOf: [
      { $ref: "#/components/schemas/Problem" },
      {
        type: "object",
        ...(data === null ? {} : { required: ["data"] }),
        properties: { code: { const: code }, ...(data === null ? {} : { data }) },
      },
    ],
  };
}

import type { SchemaViolation } from "../contract/index.ts";
import { type ProblemCode, problemCatalogue } from "./problem-catalogue.ts";

/** A refusal as the client gets it: RFC 9457, with a stable `code` and the offending paths in the request. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail?: string | undefined;
  /** JSON pointers into `{ params, query, headers, body }`. */
  readonly errors?: readonly SchemaViolation[] | undefined;
  /** The data of a declared error, or the checks of a readiness answer. */
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

type ProblemParts = Pick<Problem, "detail" | "errors" | "data" | "headers">;

/** A refusal by the edge itself. Its text goes to the client, so it holds nothing but what the client sent. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly problem: Problem;

  constructor(code: ProblemCode, parts: ProblemParts = {}) {
    super(problemCatalogue[code].title);
    this.problem = problem(code, parts);
  }
}

export function problem(code: ProblemCode, parts: ProblemParts = {}): Problem {
  return { code, ...problemCatalogue[code], ...parts };
}

export function problemType(code: string): string {
  return `urn:ashlar:problem:${code}`;
}

/** The body of a problem. Which members it has is decided here alone, so nothing else can leak into it. */
export function problemText(of: Problem, traceId: string): string {
  return JSON.stringify({
    type: problemType(of.code),
    title: of.title,
    status: of.status,
    code: of.code,
    detail: of.detail,
    errors: of.errors,
    data: of.data,
    trace: traceId,
  });
}

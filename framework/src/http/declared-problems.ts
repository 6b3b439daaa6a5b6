import type { AnyOperation, ErrorDeclaration, ErrorKind, OperationError } from "../contract/index.ts";
import { wireCode } from "../contract/index.ts";
import { type ModuleGraph, operationsOf } from "../module/index.ts";
import { allowList } from "./allow-list.ts";
import type { Problem } from "./problem.ts";

export const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  limited: 429,
};

/** The problem that a declared error becomes; undefined for one that no contract of the app declares. */
export type DeclaredProblems = (error: OperationError) => Problem | undefined;

/** Looks the errors of all contracts up once, so that a refusal costs no search. */
export function declaredProblems(graph: ModuleGraph): DeclaredProblems {
  const known = new Map<string, (data: unknown) => Problem>();
  for (const operation of graph.modules.flatMap(operationsOf)) {
    for (const [code, declaration] of Object.entries(operation.errors)) {
      known.set(
        `${operation.id} ${wireCode(operation, code)}`,
        problemMaker(operation, wireCode(operation, code), declaration),
      );
    }
  }
  return (error) => known.get(`${error.operation} ${error.code}`)?.(error.data);
}

/** True for the data schema of an error that was declared without one. */
export function hasNoData(declaration: ErrorDeclaration): boolean {
  const { properties } = declaration.data as { properties?: object };
  return properties !== undefined && Object.keys(properties).length === 0;
}

function problemMaker(
  operation: AnyOperation,
  code: string,
  declaration: ErrorDeclaration,
): (data: unknown) => Problem {
  const status = statusOfKind[declaration.kind];
  const allowed = hasNoData(declaration)
    ? () => undefined
    : allowList(declaration.data, operation.id, "error data");
  return (data) => ({
    code,
    status,
    title: declaration.description,
    data: allowed(data),
    headers: headersFor(status, data),
  });
}

function headersFor(status: number, data: unknown): Record<string, string> | undefined {
  if (status === 401) return { "www-authenticate": "Bearer" };
  if (status !== 429) return undefined;
  const seconds = (data as { retryAfterSeconds?: unknown } | undefined)?.retryAfterSeconds;
  return typeof seconds === "number" && Number.isFinite(seconds)
    ? { "retry-after": String(Math.max(0, Math.ceil(seconds))) }
    : undefined;
}

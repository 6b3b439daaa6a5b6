import type { Static } from "typebox";
import type { ErrorDeclaration, ErrorKind } from "./error-declaration.ts";
import type { AnyOperation, ErrorsOf } from "./operation.ts";

/**
 * A declared, expected outcome of an operation. It survives a process boundary: `code` and `data` are the whole
 * of it, so match on `code` (or with `isError`), never with `instanceof`.
 */
export class OperationError extends Error {
  override readonly name = "OperationError";
  /** `<CONTRACT>_<CODE>`, for example `CATALOG_OUT_OF_STOCK`. Stable: clients branch on it. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** The operation that declared it, for example `catalog.reserveStock`. */
  readonly operation: string;
  readonly data: unknown;
  /** Whether what the operation wrote is kept; see ErrorDeclaration. */
  readonly commits: boolean;

  constructor(operation: AnyOperation, code: string, declaration: ErrorDeclaration, data: unknown) {
    super(declaration.description);
    this.code = wireCode(operation, code);
    this.kind = declaration.kind;
    this.operation = operation.id;
    this.data = data;
    this.commits = declaration.commits;
  }
}

/** An OperationError whose data is known. */
export type OperationErrorOf<O, Code extends keyof ErrorsOf<O>> = OperationError & {
  readonly data: Static<ErrorsOf<O>[Code]["data"]>;
};

/** The code a caller sees: the contract's name and the declared code. */
export function wireCode(operation: AnyOperation, code: string): string {
  return `${operation.contract.toUpperCase()}_${code}`;
}

/** Makes the error that `operation` declares as `code`. */
export function operationError(operation: AnyOperation, code: string, data: unknown): OperationError {
  const declaration = operation.errors[code];
  if (declaration === undefined) {
    throw new TypeError(`${operation.id} declares no error ${code}. Add it to its errors in the contract.`);
  }
  return new OperationError(operation, code, declaration, data);
}

/**
 * True when `error` is the declared error `code` of `operation`, wherever it was thrown: in this call, in a
 * serialised one, or in another process.
 */
export function isError<O extends AnyOperation, Code extends keyof ErrorsOf<O> & string>(
  error: unknown,
  operation: O,
  code: Code,
): error is OperationErrorOf<O, Code> {
  if (typeof error !== "object" || error === null) return false;
  const candidate = error as { code?: unknown; operation?: unknown };
  return candidate.code === wireCode(operation, code) && candidate.operation === operation.id;
}

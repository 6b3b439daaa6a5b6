import type { Static, TSchema } from "typebox";
import type { ErrorDeclaration } from "./error-declaration.ts";

/**
 * Whether a command takes part in its caller's transaction.
 * - `joins`: it does when there is one, else it begins its own. Such a command is an atomic edge of the module
 *   graph: it ties the two modules to one database, so `ashlar` counts and lists them.
 * - `own`: it is a transaction by itself, and calling it inside another one is refused.
 */
export type TransactionMode = "joins" | "own";

export type ErrorDeclarations = Readonly<Record<string, ErrorDeclaration>>;

interface OperationParts<Input extends TSchema, Output extends TSchema, Errors extends ErrorDeclarations> {
  readonly input: Input;
  readonly output: Output;
  readonly errors: Errors;
}

export interface Command<Input extends TSchema, Output extends TSchema, Errors extends ErrorDeclarations>
  extends OperationParts<Input, Output, Errors> {
  readonly kind: "command";
  readonly transaction: TransactionMode;
}

/** An operation that only reads: it runs under the module's reader role, so Postgres refuses a hidden write. */
export interface Query<Input extends TSchema, Output extends TSchema, Errors extends ErrorDeclarations>
  extends OperationParts<Input, Output, Errors> {
  readonly kind: "query";
}

/** What `contract()` adds to an operation: whose it is. `id` is `<contract>.<name>`, as in logs, spans and metrics. */
export interface Named<ContractName extends string = string, Name extends string = string> {
  readonly contract: ContractName;
  readonly name: Name;
  readonly id: string;
}

export type AnyCommand = Command<TSchema, TSchema, ErrorDeclarations>;
export type AnyQuery = Query<TSchema, TSchema, ErrorDeclarations>;
/** An operation as it stands in a contract. */
export type AnyOperation = (AnyCommand | AnyQuery) & Named;

export type InputOf<O> = O extends { readonly input: infer Schema extends TSchema } ? Static<Schema> : never;
export type OutputOf<O> = O extends { readonly output: infer Schema extends TSchema }
  ? Static<Schema>
  : never;
export type ErrorsOf<O> = O extends { readonly errors: infer Errors extends ErrorDeclarations }
  ? Errors
  : never;

type NoErrors = Record<never, never>;

// Two signatures each: with `errors` left out, inference would otherwise fall back to "any code", and `fail` would
// accept a misspelt one.

/** Declares an operation that may change state: one transaction, its own or its caller's. */
export function command<Input extends TSchema, Output extends TSchema>(parts: {
  transaction: TransactionMode;
  input: Input;
  output: Output;
  errors?: undefined;
}): Command<Input, Output, NoErrors>;
export function command<
  Input extends TSchema,
  Output extends TSchema,
  Errors extends ErrorDeclarations,
>(parts: {
  transaction: TransactionMode;
  input: Input;
  output: Output;
  errors: Errors;
}): Command<Input, Output, Errors>;
export function command(parts: {
  transaction: TransactionMode;
  input: TSchema;
  output: TSchema;
  errors?: ErrorDeclarations | undefined;
}): AnyCommand {
  return { ...parts, kind: "command", errors: parts.errors ?? {} };
}

/** Declares an operation that changes nothing. */
export function query<Input extends TSchema, Output extends TSchema>(parts: {
  input: Input;
  output: Output;
  errors?: undefined;
}): Query<Input, Output, NoErrors>;
export function query<
  Input extends TSchema,
  Output extends TSchema,
  Errors extends ErrorDeclarations,
>(parts: { input: Input; output: Output; errors: Errors }): Query<Input, Output, Errors>;
export function query(parts: {
  input: TSchema;
  output: TSchema;
  errors?: ErrorDeclarations | undefined;
}): AnyQuery {
  return { ...parts, kind: "query", errors: parts.errors ?? {} };
}

import type { TSchema } from "typebox";
import { closed } from "./schema.ts";

/**
 * The sort of refusal, independent of the transport. The HTTP edge maps it to a status:
 * invalid 422, unauthenticated 401, forbidden 403, not_found 404, conflict 409, limited 429.
 */
export type ErrorKind = "invalid" | "unauthenticated" | "forbidden" | "not_found" | "conflict" | "limited";

export interface ErrorDeclaration<Data extends TSchema = TSchema> {
  readonly kind: ErrorKind;
  /** One sentence for the reader of the API: what happened and what to do. */
  readonly description: string;
  readonly data: Data;
  /**
   * True when the operation's transaction commits although it fails: for refusals that must leave a trace, such
   * as the count of failed log-ins. Everything else an operation wrote before failing is rolled back.
   */
  readonly commits: boolean;
}

const noData = closed({});

/** Declares an expected outcome of an operation that is not its result. The data must be JSON-safe. */
export function error(
  kind: ErrorKind,
  description: string,
  data?: undefined,
  options?: ErrorOptions,
): ErrorDeclaration<typeof noData>;
export function error<Data extends TSchema>(
  kind: ErrorKind,
  description: string,
  data: Data,
  options?: ErrorOptions,
): ErrorDeclaration<Data>;
export function error(
  kind: ErrorKind,
  description: string,
  data: TSchema = noData,
  { commits = false }: ErrorOptions = {},
): ErrorDeclaration {
  return { kind, description, data, commits };
}

interface ErrorOptions {
  readonly commits?: boolean;
}

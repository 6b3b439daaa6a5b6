import { RunError } from "ashlar/module";
import { DatabaseError } from "ashlar/postgres";

/** Why nothing can be read at the moment, for people; null when the failure is of another kind. */
export function databaseSilence(error: unknown): string | null {
  if (error instanceof RunError && error.code === "ASHLAR_DEADLINE_EXCEEDED") return TOO_LONG;
  return error instanceof DatabaseError ? (REASONS[error.code] ?? null) : null;
}

export const TOO_LONG = "The database did not answer in time";

const REASONS: Readonly<Record<string, string>> = {
  ASHLAR_DATABASE_UNAVAILABLE: "The database cannot be reached",
  ASHLAR_DATABASE_REFUSED: "The database refuses the console's login",
  ASHLAR_TOO_MANY_CONNECTIONS: "The database has no connection left",
  ASHLAR_POOL_EXHAUSTED: "No connection of the console became free in time",
  ASHLAR_DEADLINE_EXCEEDED: TOO_LONG,
  ASHLAR_STATEMENT_TIMEOUT: TOO_LONG,
  ASHLAR_TRANSACTION_TIMEOUT: TOO_LONG,
  ASHLAR_LOCK_TIMEOUT: "A lock in the database was not granted in time",
};

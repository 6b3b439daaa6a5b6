import pg from "pg";
import { DatabaseError, type DatabaseErrorCode } from "./errors.ts";

/**
 * Turns whatever the driver rejected with into a DatabaseError; this is the only place that reads SQLSTATEs.
 * `role` is the role the statement was stamped with. The driver's error stays reachable as `cause`,
 * cleaned so that printing it shows no row and no parameter.
 */
export function translateError(error: unknown, role?: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  if (error instanceof pg.DatabaseError) return translateServerError(error, role);
  return new DatabaseError(
    "ASHLAR_DATABASE_UNAVAILABLE",
    `The connection to PostgreSQL failed (${reasonOf(error)}). Check that the server runs, then retry.`,
    { cause: error },
  );
}

export function sqlStateOf(error: unknown): string | undefined {
  if (error instanceof pg.DatabaseError) return error.code;
  return error instanceof DatabaseError ? error.sqlState : undefined;
}

/** Node reports one error per address it tried, and nothing in the message of the whole. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

type Describe = (error: pg.DatabaseError, role: string | undefined) => string;

const CODES: Record<string, readonly [DatabaseErrorCode, Describe]> = {
  "23505": ["ASHLAR_UNIQUE_VIOLATION", (e) => `A row with the same key exists already (${constraintOf(e)}).`],
  "23503": [
    "ASHLAR_FOREIGN_KEY_VIOLATION",
    (e) => `A row refers to one that does not exist, or is still referred to (${constraintOf(e)}).`,
  ],
  "23514": ["ASHLAR_CHECK_VIOLATION", (e) => `A row breaks a check (${constraintOf(e)}).`],
  "23502": ["ASHLAR_NOT_NULL_VIOLATION", (e) => `${tableOf(e)}.${e.column} must have a value.`],
  "23P01": ["ASHLAR_EXCLUSION_VIOLATION", (e) => `A row conflicts with another one (${constraintOf(e)}).`],
  "40001": [
    "ASHLAR_SERIALIZATION_FAILURE",
    () => "A concurrent transaction got in the way. Retry the transaction.",
  ],
  "40P01": [
    "ASHLAR_DEADLOCK",
    () => "Two transactions waited for each other's locks. Retry the transaction.",
  ],
  "55P03": ["ASHLAR_LOCK_TIMEOUT", (e) => `A lock was not granted in time: ${e.message}. Retry later.`],
  "57014": [
    "ASHLAR_STATEMENT_TIMEOUT",
    (e) => `${sentence(e.message)} Make the statement cheaper or raise its time-out.`,
  ],
  "25P03": ["ASHLAR_TRANSACTION_TIMEOUT", () => "The transaction idled too long, so PostgreSQL ended it."],
  "25P04": ["ASHLAR_TRANSACTION_TIMEOUT", () => "The transaction ran too long, so PostgreSQL ended it."],
  "25006": ["ASHLAR_READ_ONLY", () => "A write reached a read-only transaction or a standby server."],
  "42501": ["ASHLAR_WALL", wallMessage],
  "22P05": [
    "ASHLAR_VALUE_NOT_STORABLE",
    () => "A value holds a character that PostgreSQL cannot store (such as \\u0000).",
  ],
  "22021": [
    "ASHLAR_VALUE_NOT_STORABLE",
    () => "A value holds bytes that are not valid in the database's encoding.",
  ],
  "0A000": ["ASHLAR_SQL_FAILED", (e) => `PostgreSQL refused a statement: ${e.message}.`],
  "26000": ["ASHLAR_PLAN_CHANGED", () => "A prepared statement is gone on its connection. Retry."],
  "53300": [
    "ASHLAR_TOO_MANY_CONNECTIONS",
    () => "The server has no connection left. Lower the pools' `max` or raise max_connections.",
  ],
};

/** Connections broken or refused for the moment: shutdown, crash recovery, start-up, protocol trouble. */
const UNAVAILABLE = /^(?:57P0[123]|08...)$/;
/** Wrong password, no such login, no such database: retrying cannot help. */
const REFUSED = /^(?:28...|3D000)$/;
/** Classes whose messages name objects and limits only. All others may quote a value, so they are not shown. */
const SHOWN = /^(?:0A|25|26|28|3D|3F|40|42|53|54|55|57|58)/;

const VALUE_CONDITIONS: Record<string, string> = {
  "22001": "the text is too long for its column",
  "22003": "the number is out of range for its type",
  "22007": "the text is not a valid date or time",
  "22008": "the date or time is out of range",
  "22012": "division by zero",
  "22P02": "the text is not valid for its type",
};

function translateServerError(error: pg.DatabaseError, role: string | undefined): DatabaseError {
  const sqlState = error.code ?? "XX000";
  const [code, message] = explain(error, sqlState, role);
  hideValues(error, sqlState, message);
  return new DatabaseError(code, message, {
    sqlState,
    constraint: error.constraint,
    table: error.table,
    schema: error.schema,
    cause: error,
  });
}

function explain(
  error: pg.DatabaseError,
  sqlState: string,
  role: string | undefined,
): [DatabaseErrorCode, string] {
  if (isStalePlan(error)) {
    return ["ASHLAR_PLAN_CHANGED", "A table changed under a prepared statement (a migration ran). Retry."];
  }
  const known = CODES[sqlState];
  if (known !== undefined) return [known[0], known[1](error, role)];
  if (UNAVAILABLE.test(sqlState)) {
    return ["ASHLAR_DATABASE_UNAVAILABLE", `PostgreSQL is unavailable: ${error.message}. Retry later.`];
  }
  if (REFUSED.test(sqlState)) {
    return [
      "ASHLAR_DATABASE_REFUSED",
      `${sentence(error.message)} Check the database's address and credentials.`,
    ];
  }
  if (role !== undefined && error.message === `role "${role}" does not exist`) {
    return [
      "ASHLAR_WALL",
      `PostgreSQL has no role "${role}". Run the provisioning, which makes the roles of every module.`,
    ];
  }
  if (sqlState.startsWith("22")) {
    return [
      "ASHLAR_VALUE_REFUSED",
      `PostgreSQL refused a value: ${VALUE_CONDITIONS[sqlState] ?? "data exception"} (${sqlState}).`,
    ];
  }
  const reason = SHOWN.test(sqlState) ? `${error.message} ` : "";
  return ["ASHLAR_SQL_FAILED", `PostgreSQL refused a statement: ${reason}(${sqlState}).`];
}

/** The server re-planned a prepared statement and found that its columns are no longer the same. */
function isStalePlan(error: pg.DatabaseError): boolean {
  return error.code === "0A000" && error.routine === "RevalidateCachedQuery";
}

function wallMessage(error: pg.DatabaseError, role: string | undefined): string {
  const who = role === undefined ? "the login role" : `role "${role}"`;
  if (error.message.includes("set role")) {
    return (
      `The wall refused ${who}: the login may not act as it. ` +
      "Run provisioning, so that the login becomes a member of the module's roles."
    );
  }
  return (
    `The wall refused ${who}: ${error.message}. A module reaches only its own schema, and a query only reads: ` +
    "call the owning module's contract, or read a view it publishes."
  );
}

function constraintOf(error: pg.DatabaseError): string {
  return `${error.constraint ?? "constraint"} of ${tableOf(error)}`;
}

function tableOf(error: pg.DatabaseError): string {
  return error.schema === undefined ? (error.table ?? "a table") : `${error.schema}.${error.table}`;
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}

/** Loggers print causes with their enumerable fields, so the fields that quote rows must not be enumerable. */
const FIELDS_WITH_VALUES = ["detail", "where", "internalQuery", "hint"] as const;

function hideValues(error: pg.DatabaseError, sqlState: string, message: string): void {
  for (const field of FIELDS_WITH_VALUES) {
    if (error[field] !== undefined) Object.defineProperty(error, field, { enumerable: false });
  }
  if (SHOWN.test(sqlState) || sqlState.startsWith("23")) return;
  error.message = message;
  error.stack = `${error.name}: ${message}`;
}

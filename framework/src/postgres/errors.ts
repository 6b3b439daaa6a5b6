/**
 * Every error that this layer throws, with what a caller may do about it.
 * `retryable` means: the same work, done again from its start, may succeed and cannot take effect twice.
 */
export const databaseErrors = {
  ASHLAR_UNIQUE_VIOLATION: { retryable: false, meaning: "A row with the same key exists." },
  ASHLAR_FOREIGN_KEY_VIOLATION: { retryable: false, meaning: "A row refers to one that does not exist." },
  ASHLAR_CHECK_VIOLATION: { retryable: false, meaning: "A row breaks a check constraint." },
  ASHLAR_NOT_NULL_VIOLATION: { retryable: false, meaning: "A required column has no value." },
  ASHLAR_EXCLUSION_VIOLATION: { retryable: false, meaning: "A row conflicts with an exclusion constraint." },
  ASHLAR_SERIALIZATION_FAILURE: { retryable: true, meaning: "A concurrent transaction got in the way." },
  ASHLAR_DEADLOCK: { retryable: true, meaning: "Two transactions waited for each other." },
  ASHLAR_LOCK_TIMEOUT: { retryable: true, meaning: "A lock was not granted in time." },
  ASHLAR_STATEMENT_TIMEOUT: { retryable: false, meaning: "A statement ran too long or was cancelled." },
  ASHLAR_TRANSACTION_TIMEOUT: { retryable: false, meaning: "A transaction ran or idled too long." },
  ASHLAR_WALL: { retryable: false, meaning: "PostgreSQL refused the role of the statement." },
  ASHLAR_READ_ONLY: { retryable: false, meaning: "A write reached a read-only server or transaction." },
  ASHLAR_VALUE_NOT_STORABLE: {
    retryable: false,
    meaning: "A value holds characters PostgreSQL cannot store.",
  },
  ASHLAR_VALUE_REFUSED: { retryable: false, meaning: "A value does not fit its type or column." },
  ASHLAR_VALUE_NOT_REPRESENTABLE: { retryable: false, meaning: "A stored value does not fit JavaScript." },
  ASHLAR_PLAN_CHANGED: {
    retryable: true,
    meaning: "A prepared statement outlived the tables it was made for.",
  },
  ASHLAR_SQL_FAILED: { retryable: false, meaning: "PostgreSQL refused a statement for another reason." },
  ASHLAR_DATABASE_UNAVAILABLE: { retryable: true, meaning: "PostgreSQL could not be reached." },
  ASHLAR_DATABASE_REFUSED: {
    retryable: false,
    meaning: "PostgreSQL refused the login or the database name.",
  },
  ASHLAR_TOO_MANY_CONNECTIONS: { retryable: true, meaning: "The server has no connection left." },
  ASHLAR_POOL_EXHAUSTED: { retryable: true, meaning: "No connection became free in time." },
  ASHLAR_POOL_STOPPED: { retryable: false, meaning: "The pool was stopped." },
  ASHLAR_DEADLINE_EXCEEDED: { retryable: false, meaning: "The deadline of the work passed." },
  ASHLAR_COMMIT_OUTCOME_UNKNOWN: {
    retryable: false,
    meaning: "The connection died while a write was being committed.",
  },
  ASHLAR_TRANSACTION_ABORTED: {
    retryable: false,
    meaning: "An earlier statement failed in this transaction.",
  },
  ASHLAR_TRANSACTION_SPOILED: { retryable: false, meaning: "The transaction may only be rolled back." },
  ASHLAR_TRANSACTION_CLOSED: { retryable: false, meaning: "The transaction has already ended." },
  ASHLAR_SAVEPOINT_CLOSED: { retryable: false, meaning: "The savepoint has already ended." },
  ASHLAR_SAVEPOINT_WAIT_EXPIRED: { retryable: false, meaning: "Another savepoint stayed open too long." },
  ASHLAR_STATEMENT_REFUSED: { retryable: false, meaning: "The statement is not one a module may send." },
  ASHLAR_KYSELY_UNSUPPORTED: { retryable: false, meaning: "A Kysely feature that has no place in a module." },
  ASHLAR_NOT_INSTALLED: { retryable: false, meaning: "The database holds no app of Ashlar." },
  ASHLAR_NOT_ADMINISTRATOR: {
    retryable: false,
    meaning: "The login may not act under the role that the queues are administered with.",
  },
  ASHLAR_INVALID_NAME: { retryable: false, meaning: "A name cannot be used for an app, module or role." },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type DatabaseErrorCode = keyof typeof databaseErrors;

export interface DatabaseErrorDetails {
  readonly sqlState?: string | undefined;
  readonly constraint?: string | undefined;
  readonly table?: string | undefined;
  readonly schema?: string | undefined;
  /** Overrides what the code says; used where retryability is that of the cause. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * What went wrong in the database, in our words: match on `code`.
 * Neither the message nor any enumerable field holds a parameter, a row or SQL.
 */
export class DatabaseError extends Error {
  override readonly name: string = "DatabaseError";
  readonly code: string;
  readonly retryable: boolean;
  /** The five-character SQLSTATE when the server refused something. */
  declare readonly sqlState?: string;
  declare readonly constraint?: string;
  declare readonly table?: string;
  declare readonly schema?: string;

  /** Codes outside the catalogue belong to other parts of this package and are not retryable unless told. */
  constructor(code: DatabaseErrorCode | (string & {}), message: string, details: DatabaseErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable =
      details.retryable ?? (code in databaseErrors && databaseErrors[code as DatabaseErrorCode].retryable);
    if (details.sqlState !== undefined) this.sqlState = details.sqlState;
    if (details.constraint !== undefined) this.constraint = details.constraint;
    if (details.table !== undefined) this.table = details.table;
    if (details.schema !== undefined) this.schema = details.schema;
  }
}

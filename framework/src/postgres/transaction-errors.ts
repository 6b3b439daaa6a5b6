import { DatabaseError } from "./errors.ts";

export function closedError(): DatabaseError {
  return new DatabaseError(
    "ASHLAR_TRANSACTION_CLOSED",
    "The transaction has ended. Await every statement before the command returns.",
  );
}

export function savepointClosedError(): DatabaseError {
  return new DatabaseError(
    "ASHLAR_SAVEPOINT_CLOSED",
    "A statement was issued in a savepoint that has ended. Await every statement before `run` returns.",
  );
}

export function spoiledError(reason: Error): DatabaseError {
  return new DatabaseError(
    "ASHLAR_TRANSACTION_SPOILED",
    `The transaction can only be rolled back: ${reason.message}`,
    { cause: reason },
  );
}

/** Doing the whole transaction again helps exactly if it would have helped against its first failure. */
export function abortedError(first: DatabaseError): DatabaseError {
  return new DatabaseError(
    "ASHLAR_TRANSACTION_ABORTED",
    `The transaction is rolled back, because a statement in it had failed: ${first.message}`,
    { cause: first, retryable: first.retryable },
  );
}

export function rolledBackByServerError(): DatabaseError {
  return new DatabaseError(
    "ASHLAR_TRANSACTION_ABORTED",
    "PostgreSQL answered COMMIT with ROLLBACK: nothing was stored.",
  );
}

export function deadlineError(): DatabaseError {
  return new DatabaseError("ASHLAR_DEADLINE_EXCEEDED", "The deadline passed before the statement was sent.");
}

export function outcomeUnknownError(cause: unknown): DatabaseError {
  return new DatabaseError(
    "ASHLAR_COMMIT_OUTCOME_UNKNOWN",
    "The connection died while COMMIT was under way: the transaction may or may not have taken effect. " +
      "Look before you repeat it.",
    { cause },
  );
}

export function waitExpiredError(waitedMs: number): DatabaseError {
  return new DatabaseError(
    "ASHLAR_SAVEPOINT_WAIT_EXPIRED",
    `A statement waited ${waitedMs} ms for a savepoint of another branch to close. If it was issued inside that ` +
      "savepoint, pass the savepoint to it.",
  );
}

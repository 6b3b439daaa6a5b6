import { OperationError } from "../contract/index.ts";
import { RunError } from "../module/index.ts";
import { DatabaseError } from "../postgres/index.ts";
import type { DeclaredProblems } from "./declared-problems.ts";
import { type Problem, problem, Refusal } from "./problem.ts";
import type { ProblemCode } from "./problem-catalogue.ts";

const RETRY_SOON = { headers: { "retry-after": "1" } } as const;

/**
 * The problem that the client gets for an error. Whatever is not known to be fit for a client becomes INTERNAL,
 * which says nothing of its cause.
 */
export function problemOf(error: unknown, declared: DeclaredProblems): Problem {
  try {
    if (error instanceof Refusal) return error.problem;
    if (error instanceof OperationError) return declared(error) ?? problem("INTERNAL");
    if (error instanceof DatabaseError) return ofDatabase(error);
    if (error instanceof RunError) return ofRun(error);
  } catch {
    // The data of a declared error does not satisfy its own schema: as good as an error nobody declared.
  }
  return problem("INTERNAL");
}

function ofRun(error: RunError): Problem {
  switch (error.code) {
    case "ASHLAR_DEADLINE_EXCEEDED":
      return problem("REQUEST_TIMEOUT", RETRY_SOON);
    case "ASHLAR_IDEMPOTENCY_KEY_REUSED":
      return problem("IDEMPOTENCY_KEY_REUSED");
    case "ASHLAR_IDEMPOTENCY_KEY_IN_USE":
      return problem("IDEMPOTENCY_KEY_IN_USE", RETRY_SOON);
    default:
      return problem("INTERNAL");
  }
}

function ofDatabase(error: DatabaseError): Problem {
  const known = databaseProblems[error.code];
  if (known !== undefined) return problem(known, RETRY_SOON);
  return error.retryable ? problem("TRY_AGAIN", RETRY_SOON) : problem("INTERNAL");
}

const databaseProblems: Readonly<Record<string, ProblemCode>> = {
  ASHLAR_POOL_EXHAUSTED: "OVERLOADED",
  ASHLAR_TOO_MANY_CONNECTIONS: "OVERLOADED",
  ASHLAR_DATABASE_UNAVAILABLE: "DATABASE_UNAVAILABLE",
  ASHLAR_DATABASE_REFUSED: "DATABASE_UNAVAILABLE",
  // After a failover the old primary answers for a moment, read-only.
  ASHLAR_READ_ONLY: "DATABASE_UNAVAILABLE",
  ASHLAR_POOL_STOPPED: "NOT_READY",
  ASHLAR_DEADLINE_EXCEEDED: "REQUEST_TIMEOUT",
  ASHLAR_STATEMENT_TIMEOUT: "REQUEST_TIMEOUT",
  ASHLAR_TRANSACTION_TIMEOUT: "REQUEST_TIMEOUT",
  ASHLAR_COMMIT_OUTCOME_UNKNOWN: "OUTCOME_UNKNOWN",
};

import type { SchemaViolation } from "../contract/index.ts";

/**
 * A run that the framework refuses or cannot finish. `code` is stable; the message names the operation and says
 * what to do. `operation` is the id of the operation concerned, for example `ordering.placeOrder`.
 */
export class RunError extends Error {
  readonly code: string;
  readonly operation: string;

  constructor(code: string, operation: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RunError";
    this.code = code;
    this.operation = operation;
  }
}

export function deadlineExceeded(operation: string): RunError {
  return new RunError(
    "ASHLAR_DEADLINE_EXCEEDED",
    operation,
    `${operation} was stopped: its deadline has passed. Its transaction is rolled back; try again with more time.`,
  );
}

export function ownTransactionInside(operation: string, caller: string): RunError {
  return new RunError(
    "ASHLAR_OWN_TRANSACTION_INSIDE",
    operation,
    `${operation} is a transaction of its own and cannot run inside the one of ${caller}. ` +
      'Declare it `transaction: "joins"` in its contract, or call it before or after that transaction.',
  );
}

export function commandInQuery(operation: string, caller: string): RunError {
  return new RunError(
    "ASHLAR_COMMAND_IN_QUERY",
    operation,
    `${operation} changes state, but ${caller} is a query. Make the caller a command.`,
  );
}

export function transactionInside(operation: string): RunError {
  return new RunError(
    "ASHLAR_TRANSACTION_INSIDE",
    operation,
    `${operation} asked for a transaction inside its own. Use \`savepoint\`, or declare the job with ` +
      '`transaction: "none"`.',
  );
}

export function writeInQuery(operation: string, what: string): RunError {
  return new RunError(
    "ASHLAR_WRITE_IN_QUERY",
    operation,
    `${operation} is a query and cannot ${what}. Make it a command.`,
  );
}

export function callOutsideRun(operation: string, module: string): RunError {
  return new RunError(
    "ASHLAR_CALL_OUTSIDE_RUN",
    operation,
    `${operation} was called through the context of ${module} where no use case of ${module} is running. ` +
      "Use a context only inside the use case that received it, and await everything it starts.",
  );
}

export function undeclaredError(operation: string, cause: { code: string; operation: string }): RunError {
  return new RunError(
    "ASHLAR_UNDECLARED_ERROR",
    operation,
    `${operation} let ${cause.code} of ${cause.operation} through, which it does not declare. ` +
      "Catch it and fail with an error of its own contract.",
    { cause },
  );
}

export function transactionSpoiled(operation: string, culprit: string, cause: unknown): RunError {
  return new RunError(
    "ASHLAR_TRANSACTION_SPOILED",
    operation,
    `${operation} went on after ${culprit} had failed inside its transaction, which was therefore rolled back. ` +
      "Call it inside `savepoint` to survive its failure.",
    { cause },
  );
}

/** A value that does not satisfy its schema; `violations` say where, as JSON pointers. */
export class SchemaError extends RunError {
  readonly violations: readonly SchemaViolation[];

  constructor(
    operation: string,
    side: "input" | "output" | "error data" | "payload",
    violations: readonly SchemaViolation[],
  ) {
    super(
      side === "input"
        ? "ASHLAR_INPUT_INVALID"
        : side === "payload"
          ? "ASHLAR_EVENT_PAYLOAD_INVALID"
          : "ASHLAR_OUTPUT_INVALID",
      operation,
      `The ${side} of ${operation} is not what its contract says: ${violations
        .map(({ path, message }) => `${path === "" ? "the value" : path} ${message}`)
        .join("; ")}.`,
    );
    this.violations = violations;
  }
}

/** One thing wrong with the composition of an app, found before anything runs. */
export interface Fault {
  readonly code: string;
  /** The module concerned, or "app". */
  readonly module: string;
  /** What in it: an operation, a route, a setting. */
  readonly key: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** Everything that is wrong with an app, in one error, so that it is mended in one round. */
export class BootError extends Error {
  readonly code = "ASHLAR_BOOT_REFUSED";
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(
      `The app cannot start: ${faults.length === 1 ? "1 fault" : `${faults.length} faults`}.\n${faults
        .map(({ code, module, key, message }) => `  - ${module}: ${key}: ${message} [${code}]`)
        .join("\n")}`,
    );
    this.name = "BootError";
    this.faults = faults;
  }
}

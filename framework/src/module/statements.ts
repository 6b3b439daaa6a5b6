import type { Kysely } from "kysely";
import { createKysely, type Result, type Statement, statement } from "../postgres/index.ts";
import type { SpanRing } from "../telemetry/index.ts";
import type { Sql } from "./context.ts";
import { callOutsideRun, deadlineExceeded } from "./errors.ts";
import { currentRun } from "./run.ts";
import { endWithError } from "./span-error.ts";
import { statementName } from "./statement-name.ts";
import type { ViewReads } from "./view-reads.ts";

/**
 * Sends a module's statements. Which role and which transaction is decided here, when the statement is made,
 * from the run it is made in; so statements of several modules may interleave freely in one transaction.
 */
export function moduleStatements(
  module: string,
  spans: SpanRing,
  viewReads: ViewReads | null,
): { db: Kysely<unknown>; sql: Sql } {
  function execute(toSend: Statement): Promise<Result> {
    const run = currentRun();
    // A `db` or `sql` that outlived its use case, or was handed to another module, must not borrow its rights.
    if (run === undefined || run.bound.module.name !== module) {
      return Promise.reject(callOutsideRun(`a statement of ${module}`, module));
    }
    if (Date.now() > run.deadline) return Promise.reject(deadlineExceeded(run.bound.id));
    viewReads?.note(run.bound, toSend.text);
    const { traceId } = run.request;
    const span = spans.start("statement", module, statementName(toSend.text), traceId, run.span);
    const sent =
      run.unit === null
        ? run.request.pool.execute(run.bound.role, toSend)
        : run.unit.transaction.execute(run.bound.role, toSend, run.unit.savepoint);
    return sent.then(
      (result) => {
        spans.end(span, null);
        return result;
      },
      (error: unknown) => {
        endWithError(spans, span, error);
        throw error;
      },
    );
  }

  return {
    db: createKysely<unknown>(module, execute),
    sql: async <Row extends object>(strings: TemplateStringsArray, ...values: unknown[]) =>
      (await execute(statement(strings, ...values))).rows as Row[],
  };
}

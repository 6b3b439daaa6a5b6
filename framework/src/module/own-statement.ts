import type { Run } from "./run.ts";
import { endWithError } from "./span-error.ts";

/**
 * Sends something of the framework's own for a run, as a span of it among those of its statements: what a commit or
 * an inbox takes is time of the module that wanted it.
 */
export function ownStatement<T>(run: Run, name: string, send: () => Promise<T>): Promise<T> {
  const { name: module, spans } = run.bound.module;
  const span = spans.start("statement", module, name, run.request.traceId, run.span);
  return send().then(
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

/** Commits the transaction of a run. One that has sent nothing has nothing to commit, and no span. */
export function commitOf(run: Run): Promise<void> {
  const { transaction } = run.unit!;
  return transaction.begun ? ownStatement(run, "commit", () => transaction.commit()) : transaction.commit();
}

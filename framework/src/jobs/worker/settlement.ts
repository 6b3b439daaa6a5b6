import type { ClaimedJob } from "../attempt.ts";
import type { JobStore, Settled } from "../store/job-store.ts";
import type { AttemptRun, RunOutcome } from "./attempt-run.ts";
import type { WorkerLog } from "./worker-options.ts";

/** What becomes of a job that a worker held. */
export type Settlement =
  | { readonly kind: "complete"; readonly job: ClaimedJob; readonly output: unknown }
  | {
      /** `bury`: dead at once. */
      readonly kind: "fail" | "bury";
      readonly job: ClaimedJob;
      readonly code: string;
      readonly message: string;
      readonly retryAfterMs: number;
    }
  | { readonly kind: "snooze"; readonly job: ClaimedJob; readonly delayMs: number }
  | { readonly kind: "cancel"; readonly job: ClaimedJob; readonly reason: string }
  | { readonly kind: "release"; readonly job: ClaimedJob };

type Of<K extends Settlement["kind"]> = Extract<Settlement, { kind: K }>;

/** Writes settlements of one kind, all of one worker; at least one. */
export function writeSettlements(store: JobStore, settlements: readonly Settlement[]): Promise<Settled> {
  const { kind, job } = settlements[0]!;
  const { worker } = job;
  switch (kind) {
    case "complete":
      return store.complete(worker, settlements as Of<"complete">[]);
    case "fail":
      return store.fail(worker, settlements as Of<"fail">[]);
    case "bury":
      return store.bury(worker, settlements as Of<"bury">[]);
    case "snooze":
      return store.snooze(worker, settlements as Of<"snooze">[]);
    case "cancel":
      return store.cancelRunning(worker, settlements as Of<"cancel">[]);
    case "release":
      return store.release(
        worker,
        settlements.map((settlement) => settlement.job),
      );
  }
}

/** What is to be written after an attempt; undefined when nothing is. */
export function settlementOf(job: ClaimedJob, outcome: RunOutcome): Settlement | undefined {
  switch (outcome.kind) {
    case "completed":
      return outcome.isSettled ? undefined : { kind: "complete", job, output: outcome.output };
    case "failed":
      return { kind: "fail", job, ...describe(outcome.error), retryAfterMs: outcome.retryAfterMs };
    case "gave_up":
      return { kind: "bury", job, ...describe(outcome.error), retryAfterMs: 0 };
    case "snoozed":
      return { kind: "snooze", job, delayMs: outcome.delayMs };
    case "cancelled":
      return { kind: "cancel", job, reason: outcome.reason };
    case "released":
      return { kind: "release", job };
    case "lost":
      return undefined;
  }
}

export function logEnd(log: WorkerLog, { job, id, isGivenUp }: AttemptRun, outcome: RunOutcome): void {
  const { kind, attempt, maxAttempts, traceId } = job;
  const fields = () => ({
    job: id,
    kind: `${job.module}.${kind}`,
    attempt,
    maxAttempts,
    // As everybody else logs it: without the dashes of the column's type.
    trace: traceId?.replaceAll("-", ""),
  });
  if (outcome.kind === "failed" && attempt < maxAttempts) {
    log.warn(
      { ...fields(), err: outcome.error, retryAfterMs: outcome.retryAfterMs },
      "An attempt at a job failed",
    );
  } else if (outcome.kind === "failed") {
    log.error({ ...fields(), err: outcome.error }, "A job is dead: its last attempt failed");
  } else if (outcome.kind === "gave_up") {
    log.error({ ...fields(), err: outcome.error }, "A job is dead: its handler gave it up");
  } else if (outcome.kind === "lost") {
    log.warn(fields(), "A job was given to another worker while this one was at it");
  }
  if (isGivenUp)
    log.error(fields(), "A handler does not stop although it was told to; its slot goes to others");
}

function describe(error: unknown): { code: string; message: string } {
  const { code, name, message } = (error ?? {}) as { code?: unknown; name?: unknown; message?: unknown };
  return {
    code: storable(typeof code === "string" ? code : typeof name === "string" ? name : "Error"),
    message: storable(typeof message === "string" ? message : String(error)),
  };
}

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll("\0", "\u{fffd}").toWellFormed();
}

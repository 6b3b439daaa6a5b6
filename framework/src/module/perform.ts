import pg from "pg";
import { validator } from "../contract/index.ts";
import {
  type AnyJob,
  type Attempt,
  type AttemptResult,
  defaultBackoff,
  JobError,
  JobPayloadError,
  type JobPolicy,
  LeaseLostError,
} from "../jobs/index.ts";
import { DatabaseError, type Pool, type Transaction } from "../postgres/index.ts";
import type { SpanRing } from "../telemetry/index.ts";
import { system } from "./actor.ts";
import { refuseSpoiled, wholeTransaction } from "./calls.ts";
import { JobEnd, type RunningJob } from "./job.ts";
import type { EdgeCounter } from "./observed-edges.ts";
import { commitOf, ownStatement } from "./own-statement.ts";
import { type AtomicUnit, type Bound, enterHandler, JobRun, type RunRequest } from "./run.ts";
import { errorCodeOf } from "./span-error.ts";

/** One kind of job with all that its attempts have in common. */
export interface BoundJob extends Bound {
  readonly policy: Pick<JobPolicy<unknown>, "transaction" | "backoff">;
  /** What the handler is given for a stored payload. Throws when it is not, or no longer, what the code expects. */
  readonly open: (payload: unknown) => unknown;
  /** Around the handler, in its transaction if it has one; false tells that the work was done before. */
  readonly begin?: (run: JobRun, payload: unknown) => Promise<boolean>;
  readonly end?: (run: JobRun, payload: unknown) => Promise<void>;
  /** Of a subscriber: counts the events that its handler was given. */
  readonly deliveries?: EdgeCounter;
}

export function openerOf(job: AnyJob): BoundJob["open"] {
  return (payload) => {
    const check = validator(job.payload);
    if (!check.accepts(payload)) throw new JobPayloadError(job.id, check.violations(payload));
    return payload;
  };
}

/** Runs the attempts of one module's jobs and subscribers. */
export class JobPerformer {
  readonly #module: string;
  readonly #kinds: ReadonlyMap<string, BoundJob>;
  readonly #pool: () => Pool;
  readonly #spans: SpanRing;
  readonly #newTraceId: () => string;
  readonly #ring: (topics: readonly string[]) => void;

  constructor(parts: {
    module: string;
    kinds: ReadonlyMap<string, BoundJob>;
    pool: () => Pool;
    spans: SpanRing;
    newTraceId: () => string;
    ring: (topics: readonly string[]) => void;
  }) {
    this.#module = parts.module;
    this.#kinds = parts.kinds;
    this.#pool = parts.pool;
    this.#spans = parts.spans;
    this.#newTraceId = parts.newTraceId;
    this.#ring = parts.ring;
  }

  readonly perform = async (attempt: Attempt): Promise<AttemptResult> => {
    const { job } = attempt;
    const bound = this.#kinds.get(job.kind);
    if (bound === undefined) return failed(unknownKind(this.#module, job.kind), job.attempt, undefined);
    const now = performance.now();
    const traceId = job.traceId?.replaceAll("-", "") ?? this.#newTraceId();
    const kind = bound.deliveries === undefined ? "job" : "delivery";
    const span = this.#spans.start(
      kind,
      this.#module,
      bound.id,
      traceId,
      0,
      now,
      enqueuingSpan(job.origin),
      attempt.id,
    );
    const request: RunRequest = {
      actor: system(bound.id),
      deadline: attempt.deadline,
      expiresAt: now + attempt.deadline - Date.now(),
      traceId,
      pool: this.#pool(),
    };
    const result =
      bound.policy.transaction === "none"
        ? await this.#alone(bound, attempt, request, span)
        : await this.#inTransaction(bound, attempt, request, span);
    this.#end(span, result);
    return result;
  };

  #end(span: number, result: AttemptResult): void {
    if (result.kind === "failed" || result.kind === "gave_up") {
      this.#spans.end(span, errorCodeOf(result.error));
    } else if (result.kind === "lost") {
      // No failure of the work: another worker has it now.
      this.#spans.end(span, "ASHLAR_JOB_LEASE_LOST", false);
    } else {
      this.#spans.end(span, null);
    }
  }

  /** Every statement by itself; the job is completed by the worker afterwards. */
  async #alone(bound: BoundJob, attempt: Attempt, request: RunRequest, span: number): Promise<AttemptResult> {
    try {
      const run = new JobRun(bound, request, span, null, attempt, runningJob(attempt));
      return endOf(await runHandler(bound, run, attempt), false);
    } catch (error) {
      return failureOf(error, bound, attempt);
    }
  }

  /** The writes of the handler and the completion of the job in one transaction. */
  async #inTransaction(
    bound: BoundJob,
    attempt: Attempt,
    request: RunRequest,
    span: number,
  ): Promise<AttemptResult> {
    const transaction = request.pool.begin({ deadline: request.deadline });
    const unit: AtomicUnit = wholeTransaction(transaction);
    // A handler that never ends would keep its connection.
    attempt.onGivenUp = () => void transaction.rollback();
    try {
      const run = new JobRun(bound, request, span, unit, attempt, runningJob(attempt));
      const returned = await runHandler(bound, run, attempt);
      refuseSpoiled(unit, bound.id);
      const end = endOf(returned, transaction.begun);
      // It will be done again from its start, now or when somebody retries it, so nothing of it may be left.
      if (end.kind === "snoozed" || end.kind === "gave_up") {
        await transaction.rollback();
        return end;
      }
      if (end.kind === "completed" && end.isSettled) {
        await ownStatement(run, "complete job", () =>
          attempt.completeIn(transaction, bound.role, end.output),
        );
      } else if (transaction.begun) {
        await ownStatement(run, "check lease", () => this.#refuseLostLease(transaction, bound.role, attempt));
      }
      await commitOf(run);
      if (unit.wakes.topics !== null) this.#ring(unit.wakes.topics);
      return end;
    } catch (error) {
      await transaction.rollback();
      return failureOf(error, bound, attempt);
    }
  }

  /** What was written before a cancellation stays, but only if the job is still this worker's. */
  async #refuseLostLease(transaction: Transaction, role: string, { job, id }: Attempt): Promise<void> {
    const { rowCount } = await transaction.execute(role, {
      text: `select from ${pg.escapeIdentifier(this.#module)}._jobs where id = $1 and worker = $2 for update`,
      values: [job.id, job.worker],
    });
    if (rowCount === 0) throw new LeaseLostError(id);
  }
}

async function runHandler(bound: BoundJob, run: JobRun, attempt: Attempt): Promise<unknown> {
  const input = bound.open(attempt.job.payload);
  if (bound.begin !== undefined && !(await bound.begin(run, attempt.job.payload))) return undefined;
  if (bound.deliveries !== undefined) bound.deliveries.count++;
  const returned = await enterHandler(run, input);
  const isOver = !(returned instanceof JobEnd) || returned.kind === "cancelled";
  if (isOver) await bound.end?.(run, attempt.job.payload);
  return returned;
}

function endOf(returned: unknown, isSettled: boolean): AttemptResult {
  if (!(returned instanceof JobEnd)) return { kind: "completed", output: returned, isSettled };
  const { kind, delayMs, reason } = returned;
  if (kind === "snoozed") return { kind, delayMs };
  if (kind === "cancelled") return { kind, reason };
  return { kind, error: new JobError("ASHLAR_JOB_GAVE_UP", "", reason) };
}

/** A statement that the database refused for reasons of concurrency is tried again at once, more or less. */
const CONFLICT_RETRY_MS = 250;

function failureOf(error: unknown, bound: BoundJob, { job }: Attempt): AttemptResult {
  if (error instanceof LeaseLostError) return { kind: "lost" };
  if (error instanceof Snoozed) return { kind: "snoozed", delayMs: error.delayMs };
  if (error instanceof DatabaseError && error.retryable) {
    return { kind: "failed", error, retryAfterMs: Math.round(CONFLICT_RETRY_MS * (0.5 + Math.random())) };
  }
  return failed(error, job.attempt, bound.policy.backoff);
}

/** Thrown by `open` when this process is too old for the payload: another one will do it. */
export class Snoozed extends Error {
  readonly delayMs: number;
  constructor(delayMs: number) {
    super("snoozed");
    this.delayMs = delayMs;
  }
}

function failed(
  error: unknown,
  attempt: number,
  backoff: ((attempt: number) => number) | undefined,
): AttemptResult {
  let retryAfterMs: number;
  try {
    retryAfterMs = (backoff ?? defaultBackoff)(attempt);
  } catch {
    retryAfterMs = defaultBackoff(attempt);
  }
  return {
    kind: "failed",
    error,
    retryAfterMs: Number.isFinite(retryAfterMs) ? Math.max(0, retryAfterMs) : defaultBackoff(attempt),
  };
}

/** The span of the run that enqueued the job, of this process or another. */
function enqueuingSpan(origin: Attempt["job"]["origin"]): string {
  const span = origin?.span;
  return typeof span === "string" && /^[0-9a-f]{16}$/.test(span) ? span : "";
}

function unknownKind(module: string, kind: string): JobError {
  return new JobError(
    "ASHLAR_JOB_KIND_UNKNOWN",
    `${module}.${kind}`,
    `No job of ${module} is called ${kind} in this release. It was enqueued by another one: deploy that, or discard the job.`,
  );
}

function runningJob(attempt: Attempt): RunningJob {
  const { job, id } = attempt;
  const scheduledFor = job.origin?.scheduledFor;
  return {
    id,
    attempt: job.attempt,
    maxAttempts: job.maxAttempts,
    enqueuedAt: new Date(job.enqueuedAtMs),
    scheduledFor: typeof scheduledFor === "string" ? new Date(scheduledFor) : null,
    dependenciesFailed: job.dependenciesFailed,
    snooze: (delayMs) => new JobEnd("snoozed", delayMs, ""),
    cancel: (reason) => new JobEnd("cancelled", 0, reason),
    giveUp: (reason) => new JobEnd("gave_up", 0, reason),
    progress: (value) => attempt.reportProgress(value),
  };
}

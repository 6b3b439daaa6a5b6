import pg from "pg";
import { type Pool, rolesOf, workerRole } from "../../postgres/index.ts";
import type { ClaimedJob } from "../attempt.ts";
import type { Enqueued } from "../declaration.ts";
import { admit } from "./admit.ts";
import {
  type Cancellation,
  type CancelledJob,
  type CancelResult,
  cancellations,
  cancelPending,
  cancelRunning,
  requestCancel,
} from "./cancellation.ts";
import { type ClaimRequest, claim } from "./claim.ts";
import { type Completion, complete, completeIn } from "./complete.ts";
import { type EndedJob, settleDependents } from "./dependents.ts";
import { enqueue } from "./enqueue.ts";
import { bury, type Failure, fail, type RetryableFailure } from "./failures.ts";
import { findJob, type StoredJob } from "./find-job.ts";
import type { JobGates } from "./job-gates.ts";
import type { NewJob } from "./new-job.ts";
import { type Promotion, promote } from "./promotion.ts";
import { release, type Snooze, snooze } from "./requeue.ts";
import { expel } from "./rescue.ts";
import { NOTHING_SETTLED, type Settled } from "./settle.ts";
import { alone, type Execute, type StoreParts } from "./store-parts.ts";
import { sweep } from "./sweep.ts";

export type { Settled } from "./settle.ts";
export type { Execute } from "./store-parts.ts";

/**
 * The jobs of one module as they are stored.
 *
 *     enqueue ─▶ available ──claim, admit──▶ running ──complete──▶ completed
 *        │           ▲  ▲                     │ │ │ └─cancelRunning▶ cancelled
 *        │    promote│  └──────release────────┘ │ └──fail, bury────▶ dead
 *        ├─▶ scheduled, retryable ◀─fail,snooze─┤
 *        └─▶ waiting (for jobs, a limit, a turn)◀┘ admit
 *
 * Every statement that settles jobs asks whether the worker still holds them; those that it does not are `lost`.
 */
export class JobStore {
  readonly #parts: StoreParts;

  constructor(parts: {
    readonly app: string;
    readonly module: string;
    readonly pool: Pool;
    readonly clock: () => Date | null;
    readonly gates: JobGates;
  }) {
    this.#parts = {
      ...parts,
      schema: pg.escapeIdentifier(parts.module),
      role: workerRole(parts.app),
    };
  }

  /** In the order given. Plain jobs are one statement; others want a transaction to stand or fall together. */
  async enqueue(execute: Execute, jobs: readonly NewJob[]): Promise<Enqueued[]> {
    return jobs.length === 0 ? [] : enqueue(this.#parts, execute, jobs);
  }

  /** In the order in which they are to be run. Not admitted yet. */
  claim(request: ClaimRequest): Promise<ClaimedJob[]> {
    return claim(this.#parts, request);
  }

  /** Those that may start. No statement when no limit holds for any of them. */
  admit(worker: number, jobs: readonly ClaimedJob[]): Promise<readonly ClaimedJob[]> {
    return admit(this.#parts, worker, jobs);
  }

  async complete(worker: number, done: readonly Completion[]): Promise<Settled> {
    return done.length === 0 ? NOTHING_SETTLED : complete(this.#parts, worker, done);
  }

  /** In the handler's transaction. Throws LeaseLostError. */
  completeIn(execute: Execute, job: ClaimedJob, output: unknown): Promise<Settled> {
    return completeIn(this.#parts, execute, job, output);
  }

  async fail(worker: number, failures: readonly RetryableFailure[]): Promise<Settled> {
    return failures.length === 0 ? NOTHING_SETTLED : fail(this.#parts, worker, failures);
  }

  async bury(worker: number, failures: readonly Failure[]): Promise<Settled> {
    return failures.length === 0 ? NOTHING_SETTLED : bury(this.#parts, worker, failures);
  }

  async snooze(worker: number, snoozed: readonly Snooze[]): Promise<Settled> {
    return snoozed.length === 0 ? NOTHING_SETTLED : snooze(this.#parts, worker, snoozed);
  }

  async cancelRunning(worker: number, cancelled: readonly CancelledJob[]): Promise<Settled> {
    return cancelled.length === 0 ? NOTHING_SETTLED : cancelRunning(this.#parts, worker, cancelled);
  }

  async release(worker: number, jobs: readonly ClaimedJob[]): Promise<Settled> {
    return jobs.length === 0 ? NOTHING_SETTLED : release(this.#parts, worker, jobs);
  }

  promote(limit: number): Promise<Promotion> {
    return promote(this.#parts, limit);
  }

  /** Wants a transaction when the job has dependents or limits, as `enqueue` does. */
  requestCancel(execute: Execute, id: number, reason: string | null): Promise<CancelResult> {
    return requestCancel(this.#parts, execute, id, reason);
  }

  /** Cancels those of the jobs that nobody runs, and says which. */
  cancelPending(execute: Execute, ids: readonly number[], reason: string | null) {
    return cancelPending(this.#parts, execute, ids, reason);
  }

  cancellations(worker: number): Promise<Cancellation[]> {
    return cancellations(this.#parts, worker);
  }

  /** This module's share of a rescue, in the transaction that deletes the worker's row. */
  expel(execute: Execute, worker: number): Promise<Settled> {
    return expel(this.#parts, execute, worker);
  }

  /** For jobs that ended by other statements than the store's. Returns the queues in which jobs became available. */
  settleDependents(execute: Execute, ended: readonly EndedJob[]): Promise<string[]> {
    return settleDependents(this.#parts, execute, ended);
  }

  find(execute: Execute, id: number): Promise<StoredJob | null> {
    return findJob(this.#parts, execute, id);
  }

  /** Does nothing when the worker does not hold the job any more. */
  async progress(worker: number, job: ClaimedJob, value: unknown): Promise<void> {
    const { schema } = this.#parts;
    await alone(this.#parts)({
      text: `update ${schema}._jobs set progress = $3::jsonb where id = $1 and worker = $2`,
      values: [job.id, worker, JSON.stringify(value) ?? null],
    });
  }

  sweep(): Promise<{ readonly wake: readonly string[] }> {
    return sweep(this.#parts);
  }

  /** Makes the coming days' partitions and drops those that ended more than `days` days ago. */
  async keepPartitions(days: number): Promise<void> {
    const { app, module, pool, schema } = this.#parts;
    await pool.execute(rolesOf(app, module).app, {
      text: `select ${schema}._keep_partitions('_finished_jobs', $1)`,
      values: [days],
    });
  }
}

import type { Transaction } from "../../postgres/index.ts";
import type { Attempt, AttemptResult, ClaimedJob, Perform } from "../attempt.ts";
import { defaultBackoff } from "../backoff.ts";
import { DEFAULT_TIMEOUT_MS, type JobId } from "../declaration.ts";
import { JobAborted, LeaseLostError } from "../errors.ts";

/** How a run ended for the worker: as the attempt says, unless it was aborted and did not complete in spite of that. */
export type RunOutcome =
  | AttemptResult
  /** Stopped by the worker's shutdown, and not counted. */
  | { readonly kind: "released" };

/** What an attempt needs of the store that its job is in. */
export interface AttemptHost {
  /** Resolves to the topics to ring when the transaction has committed. */
  completeIn(
    transaction: Transaction,
    role: string,
    job: ClaimedJob,
    output: unknown,
  ): Promise<readonly string[]>;
  reportProgress(job: ClaimedJob, value: unknown): Promise<void>;
}

/** A handler that has not ended this long after it was told to is given up. */
const PATIENCE_MS = 5_000;
const NO_TOPICS: readonly string[] = [];

/**
 * One attempt under way, with the means to stop it.
 *
 *     running ──perform returns──▶ ended
 *        └──abort / time is up──▶ aborted ──perform returns──▶ ended
 *                                    └──5 s pass (not at shutdown)──▶ given up
 *
 * A handler that is given up runs on, for nothing can end it, but its job is no longer its own: it cannot complete it.
 */
export class AttemptRun implements Attempt {
  readonly job: ClaimedJob;
  readonly id: JobId;
  readonly deadline: number;
  readonly outcome: Promise<RunOutcome>;
  onGivenUp: (() => void) | undefined;
  readonly #host: AttemptHost;
  readonly #patienceMs: number;
  #controller: AbortController | undefined;
  #aborted: JobAborted | undefined;
  #detail = "";
  #timer: NodeJS.Timeout | undefined;
  #giveUp: (() => void) | undefined;
  #topics: readonly string[] = NO_TOPICS;
  #isOver = false;
  #isGivenUp = false;

  constructor(
    job: ClaimedJob,
    perform: Perform,
    host: AttemptHost,
    options: { patienceMs?: number; timeoutMs?: number | undefined } = {},
  ) {
    const timeoutMs = job.timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.job = job;
    this.id = `${job.module}:${job.id}`;
    this.deadline = Date.now() + timeoutMs;
    this.#host = host;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#timer = setTimeout(() => this.abort("timeout", `not done within ${timeoutMs} ms`), timeoutMs);
    this.outcome = this.#run(perform);
  }

  /** Made when it is asked for: most handlers never look at it, and it is the dearest part of an attempt. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  /** To be rung when the attempt has ended: others' jobs that became available with its commit. */
  get topics(): readonly string[] {
    return this.#topics;
  }

  /** The handler ignored that it was told to stop. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Tells the handler to stop. Only the first reason counts, but for the loss of the lease, which outranks all. */
  abort(why: JobAborted["why"], detail: string): void {
    if (this.#isOver || (this.#aborted !== undefined && why !== "lease_lost")) return;
    clearTimeout(this.#timer);
    this.#detail = detail;
    this.#aborted = new JobAborted(why, this.id, `The attempt at ${this.id} was aborted: ${detail}.`);
    this.#controller?.abort(this.#aborted);
    // At shutdown the worker decides how long it waits.
    if (why !== "shutdown") this.#timer = setTimeout(() => this.giveUp(), this.#patienceMs);
  }

  /** Ends the attempt for the worker although the handler has not returned. */
  giveUp(): void {
    this.#giveUp?.();
  }

  async completeIn(transaction: Transaction, role: string, output: unknown): Promise<void> {
    // The row may be held by this worker again, for the next attempt, so the database cannot tell the two apart.
    if (this.#isOver || this.#aborted?.why === "lease_lost") throw new LeaseLostError(this.id);
    this.#topics = await this.#host.completeIn(transaction, role, this.job, output);
  }

  async reportProgress(value: unknown): Promise<void> {
    if (this.#isOver) return;
    await this.#host.reportProgress(this.job, value);
  }

  #run(perform: Perform): Promise<RunOutcome> {
    return new Promise((resolve) => {
      const end = (outcome: RunOutcome) => {
        if (this.#isOver) return;
        this.#isOver = true;
        clearTimeout(this.#timer);
        resolve(outcome);
      };
      this.#giveUp = () => {
        this.#isGivenUp = !this.#isOver;
        end(this.#outcomeOfAborted());
        if (this.#isGivenUp) this.onGivenUp?.();
      };
      const fail = (error: unknown) =>
        end(this.#outcomeOf({ kind: "failed", error, retryAfterMs: defaultBackoff(this.job.attempt) }));
      try {
        perform(this).then((result) => end(this.#outcomeOf(result)), fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  #outcomeOf(result: AttemptResult): RunOutcome {
    if (result.kind === "completed" && result.isSettled) return result;
    if (this.#aborted?.why === "lease_lost") return { kind: "lost" };
    // What ended in spite of the abort has done its work, if late: to do it again helps nobody.
    if (result.kind !== "failed" || this.#aborted === undefined) return result;
    return this.#outcomeOfAborted(result.retryAfterMs);
  }

  #outcomeOfAborted(retryAfterMs = defaultBackoff(this.job.attempt)): RunOutcome {
    const aborted = this.#aborted;
    switch (aborted?.why) {
      case "cancelled":
        return { kind: "cancelled", reason: this.#detail };
      case "lease_lost":
        return { kind: "lost" };
      case "timeout":
        return { kind: "failed", error: aborted, retryAfterMs };
      default:
        return { kind: "released" };
    }
  }
}

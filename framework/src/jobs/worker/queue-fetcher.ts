import type { ClaimedJob } from "../attempt.ts";
import type { JobStore } from "../store/job-store.ts";
import { HandlerTime } from "./handler-time.ts";
import { Pause } from "./pause.ts";
import { PrefetchedJobs } from "./prefetched-jobs.ts";
import { ScanCursor } from "./scan-cursor.ts";
import type { WorkerLog } from "./worker-options.ts";

export interface FetcherParts {
  readonly module: string;
  readonly queue: string;
  readonly concurrency: number;
  readonly store: JobStore;
  readonly log: WorkerLog;
  /** Whether the worker wants jobs at all. */
  readonly mayClaim: () => boolean;
  readonly worker: () => number;
  /** How many of its jobs could start now. */
  readonly room: () => number;
  /** Jobs wait in `prefetched`. */
  readonly onJobs: () => void;
  /** Says whether the worker can do without wakes for this queue. Resolves when others know. */
  readonly setBusy: (isBusy: boolean) => Promise<void>;
  /** Gives back what cannot be run. */
  readonly release: (jobs: readonly ClaimedJob[]) => void;
  /** Gives back what a claim took whose answer got lost. */
  readonly releaseStrays: () => Promise<void>;
}

const MAX_CLAIM = 500;
/** Two claims: the next one is under way while the jobs of the one before are run. */
const MAX_HELD = 2 * MAX_CLAIM;
/** So many full claims in a row: the queue is not going to end soon. */
const BUSY_AFTER = 4;
/** What was not started this long after its claim is given back: the handlers are slower than they were. */
const SHED_AFTER_MS = 1_000;

/**
 * Claims the jobs of one queue, as many as its handlers get through in a moment.
 *
 *     looking ──a full scan comes back short──▶ at the end ──look()──▶ looking
 *
 * Only a scan from the start says that the queue is at its end, and only after the worker has said that it wants to be
 * woken again.
 */
export class QueueFetcher {
  readonly #parts: FetcherParts;
  readonly #time: HandlerTime;
  readonly #pause = new Pause();
  readonly #cursor = new ScanCursor();
  /** Claimed and not started. */
  readonly prefetched = new PrefetchedJobs();
  #fullClaims = 0;
  #isAtEnd = true;
  #isWanted = false;
  #mayHaveStrays = false;
  #isPaused = false;
  #isClaiming = false;
  #loop: Promise<void> | undefined;

  constructor(parts: FetcherParts) {
    this.#parts = parts;
    this.#time = new HandlerTime(parts.concurrency);
  }

  /** Whether somebody has told the queue to rest; what was claimed before is still run. */
  set isPaused(isPaused: boolean) {
    if (this.#isPaused && !isPaused) this.#isWanted = true;
    this.#isPaused = isPaused;
  }

  /** There may be a job. */
  look(): void {
    this.#isWanted = true;
    this.#isAtEnd = false;
    this.refill();
  }

  /** There is room again. */
  refill(): void {
    if (this.#isClaiming || this.#isAtEnd || !this.#mayClaim() || this.#wanted() <= 0) return;
    this.#isClaiming = true;
    this.#loop = this.#claimWhileWanted();
  }

  measured(handlerMs: number): void {
    this.#time.measured(handlerMs);
  }

  /** Gives back what has waited too long for a handler. */
  shed(): void {
    if (this.prefetched.size === 0 || this.prefetched.ageMs < SHED_AFTER_MS) return;
    this.#time.distrust();
    this.#parts.release(this.prefetched.takeAll());
    this.#isAtEnd = false;
  }

  /** Resolves when no claim is under way. */
  async settled(): Promise<void> {
    await this.#loop;
  }

  /** False when it may hold jobs that it does not know of. */
  async stop(): Promise<boolean> {
    this.#pause.end();
    await this.settled();
    return !this.#mayHaveStrays;
  }

  #mayClaim(): boolean {
    return !this.#isPaused && this.#parts.mayClaim();
  }

  /** How many jobs to claim; none while half of what it may hold is there. */
  #wanted(): number {
    const held = this.prefetched.size;
    const most = Math.min(MAX_HELD, this.#parts.room() + this.#time.prefetch);
    if (held > 0 && held * 2 > most) return 0;
    return Math.min(MAX_CLAIM, most - held);
  }

  async #claimWhileWanted(): Promise<void> {
    try {
      while (this.#mayClaim() && (this.#isWanted || !this.#isAtEnd)) {
        const limit = this.#wanted();
        if (limit <= 0) return;
        this.#isWanted = false;
        await this.#tryToClaim(limit);
      }
    } finally {
      // In the same turn as the decision to end, so that nobody takes it for running any more.
      this.#isClaiming = false;
    }
  }

  async #tryToClaim(limit: number): Promise<void> {
    try {
      if (this.#mayHaveStrays) {
        await this.#parts.releaseStrays();
        this.#mayHaveStrays = false;
      }
      await this.#claim(limit);
      this.#pause.succeeded();
    } catch (error) {
      this.#noteFailure(error);
      await this.#pause.wait();
    }
  }

  async #claim(limit: number): Promise<void> {
    const { store, queue } = this.#parts;
    const worker = this.#parts.worker();
    const startedAt = performance.now();
    const after = this.#cursor.next(startedAt, this.#fullClaims > 0);
    const jobs = await store.claim({ worker, queue, after, limit });
    this.#cursor.moved(after, startedAt, jobs.at(-1));
    if (jobs.length > 0) await this.#deliver(worker, jobs);
    if (jobs.length === limit) {
      this.#fullClaims++;
      // Only spares notifications, so it may fail.
      if (this.#fullClaims === BUSY_AFTER) this.#parts.setBusy(true).catch(() => {});
    } else if (after !== null) {
      // Nothing more behind the cursor, which says nothing about what is before it.
      this.#cursor.restart();
    } else {
      await this.#end();
    }
  }

  /** Publishes that the worker sleeps and only then goes to the end, looking once more if that was news. */
  async #end(): Promise<void> {
    const wasBusy = this.#fullClaims >= BUSY_AFTER;
    if (wasBusy) {
      await this.#parts.setBusy(false);
      this.#cursor.restart();
      this.#isWanted = true;
    }
    this.#fullClaims = 0;
    if (!this.#isWanted) this.#isAtEnd = true;
  }

  async #deliver(worker: number, claimed: readonly ClaimedJob[]): Promise<void> {
    let jobs = claimed;
    try {
      jobs = await this.#parts.store.admit(worker, claimed);
    } catch (error) {
      this.#parts.release(claimed);
      throw error;
    }
    if (jobs.length === 0) return;
    if (!this.#mayClaim() || worker !== this.#parts.worker()) return this.#parts.release(jobs);
    this.prefetched.add(jobs);
    this.#parts.onJobs();
  }

  #noteFailure(error: unknown): void {
    const { module, queue, log } = this.#parts;
    // Looked through once the database answers again.
    if ((error as { code?: string }).code === "ASHLAR_COMMIT_OUTCOME_UNKNOWN") this.#mayHaveStrays = true;
    this.#isWanted = true;
    if (this.#mayClaim()) log.warn({ err: error, module, queue }, "Jobs could not be claimed");
  }
}

import type { Transaction } from "../postgres/index.ts";
import type { JobId } from "./declaration.ts";

/** A job that a worker holds. */
export interface ClaimedJob {
  readonly id: number;
  readonly module: string;
  /** Where the row is, for as long as nobody else updates it. */
  readonly ctid: string;
  readonly seq: number;
  readonly queue: string;
  readonly priority: number;
  readonly kind: string;
  readonly payload: unknown;
  /** The worker that holds it; every write that settles it asks whether this is still so. */
  readonly worker: number;
  /** 1 for the first. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly crashes: number;
  readonly timeoutMs: number | null;
  readonly orderKey: string | null;
  readonly limitKey: string | null;
  readonly rateKey: string | null;
  readonly tags: readonly string[];
  readonly origin: Readonly<Record<string, unknown>> | null;
  readonly traceId: string | null;
  /** Epoch milliseconds. */
  readonly enqueuedAtMs: number;
  /** Of a job that waited for others: how many of them did not complete. */
  readonly dependenciesFailed: number;
}

/** How an attempt ended. */
export type AttemptResult =
  /** `isSettled`: the job was completed in the attempt's own transaction, which has committed. */
  | { readonly kind: "completed"; readonly output: unknown; readonly isSettled: boolean }
  | { readonly kind: "failed"; readonly error: unknown; readonly retryAfterMs: number }
  /** Not counted as an attempt. */
  | { readonly kind: "snoozed"; readonly delayMs: number }
  | { readonly kind: "cancelled"; readonly reason: string }
  /** Dead at once, whatever attempts are left. */
  | { readonly kind: "gave_up"; readonly error: unknown }
  /** The job had been given to another worker; nothing of this attempt was kept. */
  | { readonly kind: "lost" };

/** One attempt at one job, as the worker hands it to whoever knows the handlers. */
export interface Attempt {
  readonly job: ClaimedJob;
  readonly id: JobId;
  /** Aborted when the job is cancelled, its time is up, its lease is lost or the worker must stop. `reason` is a JobAborted. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds at which the attempt's time is up. */
  readonly deadline: number;
  /** Called when the job is taken from a handler that does not end, to free what that holds. */
  onGivenUp?: (() => void) | undefined;
  /**
   * Completes the job inside the handler's transaction. Throws LeaseLostError when the job was given away, so that
   * the transaction is rolled back.
   */
  completeIn(transaction: Transaction, role: string, output: unknown): Promise<void>;
  /** Shown to whoever looks at the job; written outside the attempt's transaction. */
  reportProgress(value: unknown): Promise<void>;
}

/** Runs an attempt and says how it ended. Never rejects. */
export type Perform = (attempt: Attempt) => Promise<AttemptResult>;

/** What runs the jobs of one module. */
export interface ModuleJobs {
  readonly module: string;
  /** By queue name; `default` always exists. */
  readonly queues: Readonly<Record<string, { readonly concurrency: number }>>;
  /** Share of the instance's slots when all are busy. Default 1. */
  readonly weight: number;
  /** Of jobs that carry no time-out of their own. */
  readonly timeoutMs?: ((kind: string) => number | undefined) | undefined;
  readonly perform: Perform;
}

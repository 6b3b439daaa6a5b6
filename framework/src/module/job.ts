import type { AnyEvent } from "../contract/index.ts";
import type { AnyJob, JobId, JobPolicy, JobStore } from "../jobs/index.ts";

/** The handler of one kind of job. */
export interface JobHandler {
  readonly job: AnyJob;
  // biome-ignore lint/suspicious/noExplicitAny: a handler is called with the context its own module made
  readonly run: (payload: any, context: any) => Promise<unknown>;
}

/** How deliveries to one subscriber are treated: as jobs are, and with order if asked. */
export interface SubscriberPolicy
  extends Pick<
    JobPolicy<unknown>,
    "queue" | "priority" | "maxAttempts" | "backoff" | "timeoutMs" | "transaction" | "tags"
  > {
  /** Unique in the module, camelCase. */
  readonly name: string;
  /** Events of one key are handled one after the other, in order; one that fails holds up those behind it. */
  readonly inOrder?: boolean;
}

export interface SubscriberHandler {
  /** The subscribing module. */
  readonly module: string;
  readonly event: AnyEvent;
  readonly policy: SubscriberPolicy;
  // biome-ignore lint/suspicious/noExplicitAny: a handler is called with the context its own module made
  readonly run: (event: any, context: any) => Promise<unknown>;
}

/** The ends of an attempt that are neither success nor failure; made by `job.snooze`, `job.cancel`, `job.giveUp`. */
export class JobEnd {
  readonly kind: "snoozed" | "cancelled" | "gave_up";
  readonly delayMs: number;
  readonly reason: string;

  constructor(kind: JobEnd["kind"], delayMs: number, reason: string) {
    this.kind = kind;
    this.delayMs = delayMs;
    this.reason = reason;
  }
}

/** The job that a handler is working on. */
export interface RunningJob {
  readonly id: JobId;
  /** 1 for the first. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly enqueuedAt: Date;
  /** The time that a schedule enqueued it for; null when none did. */
  readonly scheduledFor: Date | null;
  /** For the last job of a batch: how many of the others did not complete. */
  readonly dependenciesFailed: number;
  /**
   * To be returned: run again after so many milliseconds, without counting this as an attempt. What the attempt wrote in
   * its transaction is rolled back.
   */
  snooze(delayMs: number): JobEnd;
  /** To be returned: it is no longer wanted. */
  cancel(reason: string): JobEnd;
  /** To be returned: it can never succeed, so it goes to the dead letters at once, and what it wrote is rolled back. */
  giveUp(reason: string): JobEnd;
  /** Shown to whoever looks at the job; seen at once, also if the attempt fails later. */
  progress(value: unknown): Promise<void>;
}

/** A job as its store finds it. */
type FoundJob = NonNullable<Awaited<ReturnType<JobStore["find"]>>>;

export function jobStatus(module: string, found: FoundJob): JobStatus {
  const last = found.errors?.at(-1) ?? null;
  return {
    id: `${module}:${found.id}`,
    state: found.state,
    kind: found.kind,
    attempt: found.attempt,
    progress: found.progress,
    output: found.output,
    error: last === null ? null : { code: last.code, message: last.message, at: last.at },
  };
}

/** Where a job stands. */
export interface JobStatus {
  readonly id: JobId;
  readonly state:
    | "available"
    | "scheduled"
    | "retryable"
    | "waiting"
    | "running"
    | "completed"
    | "cancelled"
    | "dead";
  readonly kind: string;
  readonly attempt: number;
  readonly progress: unknown;
  readonly output: unknown;
  /** Of the last failed attempt. */
  readonly error: { readonly code: string; readonly message: string; readonly at: string | undefined } | null;
}

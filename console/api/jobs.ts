/** Every state a job can be in, in the order of its life. */
export const JOB_STATES = [
  "scheduled",
  "available",
  "waiting",
  "running",
  "retryable",
  "dead",
  "completed",
  "cancelled",
] as const;

export type JobStateView = (typeof JOB_STATES)[number];

/** A count that ended at a bound when `isAtLeast`. */
export interface CountView {
  readonly count: number;
  readonly isAtLeast: boolean;
}

/** GET /console/api/queues, and topic `queues` of the live stream. */
export interface Queues {
  /** By module and name; also those without a job, as the code declares them. */
  readonly queues: readonly QueueView[];
  readonly finished: readonly { readonly module: string; readonly estimate: number }[];
}

export interface QueueView {
  readonly module: string;
  readonly queue: string;
  readonly ready: CountView;
  /** How long the next job has been in the queue; null when none is ready. */
  readonly readyAgeMs: number | null;
  readonly running: CountView;
  readonly scheduled: CountView;
  /** Failed, and to be tried again later. */
  readonly retrying: CountView;
  /** For a limit, for their turn, or for other jobs. */
  readonly waiting: CountView;
  readonly dead: CountView;
  readonly paused: { readonly by: string | null; readonly since: number } | null;
}

/**
 * Which jobs are meant. In a URL each is a parameter, lists with commas: `module=billing&state=dead,retryable&kind=on.*`.
 * `olderThan` and `youngerThan` are durations such as 90s, 3m, 2h, 7d.
 */
export interface JobFilterView {
  readonly module?: readonly string[];
  readonly queue?: readonly string[];
  /** A `*` stands for any characters. */
  readonly kind?: readonly string[];
  readonly state?: readonly JobStateView[];
  /** In the code or the message of the last error. */
  readonly error?: string;
  readonly tag?: string;
  readonly tenant?: string;
  readonly olderThan?: string;
  readonly youngerThan?: string;
  readonly id?: readonly string[];
}

/** The parameters of a filter, and those of them that are lists. */
export const FILTER_LISTS = ["module", "queue", "kind", "state", "id"] as const;
export const FILTER_TEXTS = ["error", "tag", "tenant", "olderThan", "youngerThan"] as const;

/** GET /console/api/jobs?{filter}&after. */
export interface JobPageView {
  readonly jobs: readonly JobRow[];
  /** For `after` of the next page; null after the last job. */
  readonly next: string | null;
  /** Jobs that were looked at. With `next` and fewer than 50 jobs, this bound ended the page. */
  readonly lookedAt: number;
}

export interface JobRow {
  /** `<module>:<number>`. */
  readonly id: string;
  readonly module: string;
  readonly queue: string;
  readonly kind: string;
  readonly state: JobStateView;
  readonly attempt: number;
  readonly maxAttempts: number | null;
  /** When it is due, if it is scheduled or retryable. */
  readonly runAt: number | null;
  /** When it ended or, while it has not, when it was enqueued. */
  readonly since: number;
  readonly tenant: string | null;
  readonly tags: readonly string[];
  readonly lastError: { readonly code: string; readonly message: string; readonly attempt: number } | null;
}

/** GET /console/api/jobs/count?{filter}: never beyond 1,000 in each of: dead, unfinished, past. */
export interface JobCount extends CountView {
  /** Among how many jobs it was counted; null when that was all of them, or the count reached its bound. */
  readonly among: number | null;
  /** To how many of them each action could be done. */
  readonly actions: Readonly<Record<JobActionName, CountView>>;
}

export const JOB_ACTIONS = ["retry", "cancel", "discard"] as const;

export type JobActionName = (typeof JOB_ACTIONS)[number];

/** GET /console/api/jobs/{id}. */
export interface JobView {
  readonly id: string;
  readonly module: string;
  readonly queue: string;
  readonly kind: string;
  readonly state: JobStateView;
  readonly priority: number;
  readonly payload: unknown;
  readonly attempt: number;
  readonly maxAttempts: number | null;
  /** How often a process died while the job was in flight in it. */
  readonly crashes: number;
  readonly runAt: number | null;
  readonly timeoutMs: number | null;
  /** Keys that it is unique, ordered, limited or slowed by. */
  readonly keys: readonly { readonly name: "unique" | "order" | "limit" | "rate"; readonly key: string }[];
  readonly tenant: string | null;
  readonly tags: readonly string[];
  readonly progress: unknown;
  readonly output: unknown;
  /** Oldest first; the last ten. */
  readonly errors: readonly JobErrorView[];
  readonly origin: unknown;
  readonly traceId: string | null;
  readonly enqueuedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly worker: string | null;
  readonly cancellation: { readonly reason: string | null; readonly at: number } | null;
  readonly waitsFor: readonly string[];
  readonly awaitedBy: readonly string[];
}

export interface JobErrorView {
  readonly attempt: number;
  readonly at: number;
  readonly code: string;
  readonly message: string;
}

/** GET /console/api/schedules. */
export interface Schedules {
  readonly schedules: readonly ScheduleView[];
}

export interface ScheduleView {
  readonly module: string;
  readonly name: string;
  /** The kind of job that it enqueues. */
  readonly kind: string;
  /** `every 5 min`, `30 3 * * * Europe/Vienna`. */
  readonly timing: string;
  readonly nextAt: number;
  readonly lastAt: number | null;
  /** Somebody wants it to run at once, and no worker has done it yet. */
  readonly requestedAt: number | null;
  readonly paused: { readonly by: string | null; readonly since: number } | null;
}

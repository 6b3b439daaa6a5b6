/** What a worker writes its log with; pino's loggers fit. */
export interface WorkerLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface WorkerOptions {
  /** Most jobs at once on this instance, over all modules. Default 24. */
  readonly concurrency?: number;
  /** Without LISTEN and session locks, for poolers in transaction mode. Default false. */
  readonly pollOnly?: boolean;
  /** How often the heart beats and the worker looks round. Default 1,000. */
  readonly pollMs?: number;
  /** After so long without a heartbeat the worker is expelled and its jobs go to others. Default 15,000. */
  readonly leaseMs?: number;
  /** How long stop() lets jobs run before it aborts them. Default 10,000. */
  readonly stopMs?: number;
  /** How long an aborted job may take to end before stop() releases it. Default 5,000. */
  readonly abortMs?: number;
  /** How long a handler may ignore that its time is up or that it was cancelled before it is given up. Default 5,000. */
  readonly patienceMs?: number;
}

export const WORKER_DEFAULTS = {
  concurrency: 24,
  pollOnly: false,
  pollMs: 1_000,
  leaseMs: 15_000,
  stopMs: 10_000,
  abortMs: 5_000,
  patienceMs: 5_000,
} as const satisfies Required<WorkerOptions>;

export type WorkerState = "starting" | "working" | "draining" | "aborting" | "stopped";

export interface WorkerStats {
  readonly state: WorkerState;
  /** Row of ashlar.workers. */
  readonly worker: number;
  readonly running: number;
  /** Claimed and not started. */
  readonly prefetched: number;
  /** Ended and not written. */
  readonly unwritten: number;
  /** Attempts since the start, by how they ended. */
  readonly ended: Readonly<Record<string, number>>;
  /** Handlers that ignored their signal until they were given up; their code may still run. */
  readonly abandoned: number;
  /** Jobs that somebody else had been given before their end was written. */
  readonly lost: number;
  /** How often this worker was expelled and began anew. */
  readonly expulsions: number;
  readonly queues: Readonly<Record<string, { readonly running: number; readonly prefetched: number }>>;
}

/**
 * Work that goes on beside the jobs, on every instance. It must bear that several instances do it at once.
 */
export interface BackgroundTask {
  /** Unique in the app, for the log. */
  readonly name: string;
  /** A topic of the wake that makes it due. */
  readonly topic?: string;
  /** SQL of a boolean, asked with every heartbeat under the worker role. Schema-qualified, without parameters. */
  readonly due?: string;
  /** Makes it due this long after it last began. */
  readonly everyMs?: number;
  /** Resolves to true when there is more to do at once. */
  run(): Promise<boolean>;
}

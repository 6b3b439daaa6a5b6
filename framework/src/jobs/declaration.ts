import type { Static, TSchema } from "../contract/index.ts";

/** A job of a module by its id: `billing:1042`. Ids of one module grow with time. */
export type JobId = `${string}:${number}`;

/** What two unfinished jobs may not have in common, and what becomes of the second one. */
export interface Unique<Payload> {
  /** `kind`: one job of this kind at a time. `payload`: one for each payload. Or what the function returns. */
  readonly by: "kind" | "payload" | ((payload: Payload) => string);
  /** Also keeps a second one away when the first has finished, until this long after its enqueuing. */
  readonly withinMs?: number;
  /**
   * `keep` (the default) leaves the first as it is; `replace` gives it the payload and priority of the second,
   * `reschedule` the time of the second. A job that is running is always kept.
   */
  readonly onConflict?: "keep" | "replace" | "reschedule";
}

/** At most `maximum` jobs of one key run at once, over all instances. Without `key` all jobs of the kind share one. */
export interface Limit<Payload> {
  readonly maximum: number;
  readonly key?: (payload: Payload) => string;
}

/**
 * Jobs of one key start `maximum` times in `perMs` on average, over all instances. After a quiet time up to `maximum` of
 * them may start at once.
 */
export interface RateLimit<Payload> extends Limit<Payload> {
  readonly perMs: number;
}

/** How jobs of one kind are treated. Everything here can be changed in a later release; stored jobs follow. */
export interface JobPolicy<Payload> {
  /** One of the module's `queues`. Default: `default`. */
  readonly queue?: string;
  /** -100 to 100; smaller runs first. Default 0. */
  readonly priority?: number;
  /** Failed attempts after which the job is dead. Default 20, which with the default backoff takes some days. */
  readonly maxAttempts?: number;
  /** Milliseconds from a failed attempt (1 for the first) to the next. Default: attempt^4 seconds, ±10 %, a day at most. */
  readonly backoff?: (attempt: number) => number;
  /** After this an attempt is aborted and counts as failed. Default 30,000. */
  readonly timeoutMs?: number;
  /**
   * `own` (the default): the attempt is one transaction, and the job is completed in it, so that its writes and its
   * completion stand or fall together. `none`: statements stand alone and `transaction()` groups them; for work that
   * waits for the outside world, which must not hold a transaction open.
   */
  readonly transaction?: "own" | "none";
  readonly unique?: Unique<Payload>;
  readonly limit?: Limit<Payload>;
  readonly rate?: RateLimit<Payload>;
  /** Jobs of one key run one after the other in the order of their enqueuing; one that fails holds up the rest. */
  readonly order?: (payload: Payload) => string;
  /** Whose job it is. In a fair queue tenants take turns, however much one of them enqueues. */
  readonly tenant?: (payload: Payload) => string;
  readonly tags?: readonly string[];
}

/** A kind of background work: what its jobs carry and how they are treated. Made by `job` of a module's definition. */
export interface JobDeclaration<
  Module extends string = string,
  Name extends string = string,
  Payload extends TSchema = TSchema,
> {
  readonly module: Module;
  readonly name: Name;
  /** `<module>.<name>`, as in logs, spans and metrics. */
  readonly id: string;
  readonly payload: Payload;
  readonly policy: JobPolicy<Static<Payload>>;
  /** A job of this kind to be enqueued together with others. */
  of(payload: Static<Payload>, options?: EnqueueOptions): JobRequest<Module>;
}

// biome-ignore lint/suspicious/noExplicitAny: a policy's functions take their own kind's payload only
export type AnyJob = JobDeclaration<string, string, any>;
export type JobPayload<J> = J extends { readonly payload: infer Schema extends TSchema }
  ? Static<Schema>
  : never;

export interface EnqueueOptions {
  /** Not before this instant. */
  readonly runAt?: Date;
  /** Not before this many milliseconds from now. */
  readonly delayMs?: number;
  readonly priority?: number;
  readonly maxAttempts?: number;
  readonly timeoutMs?: number;
  readonly tags?: readonly string[];
  /** Jobs of the same module that must have completed before. One that is cancelled takes this job with it. */
  readonly after?: readonly JobId[];
  /** Jobs of the same module that must have ended before, however they ended. */
  readonly afterEnd?: readonly JobId[];
}

export interface JobRequest<Module extends string = string> {
  readonly job: JobDeclaration<Module>;
  readonly payload: unknown;
  readonly options: EnqueueOptions;
}

export interface Enqueued {
  readonly id: JobId;
  /** `enqueued` unless the kind is unique and there was one already. */
  readonly outcome: "enqueued" | "kept" | "replaced" | "rescheduled";
}

/** A queue of a module: its own slots on every instance, so that slow work does not hold up the rest. */
export interface QueuePolicy {
  /** Most jobs of this queue at once on one instance. Default 10. */
  readonly concurrency?: number;
  /** Most jobs of this queue at once over all instances. Default: no limit. Jobs of it cannot have a `limit` of their own. */
  readonly limit?: number;
  /** Tenants take turns instead of first come, first served. */
  readonly isFair?: boolean;
}

/** Times at which a job is enqueued, over all instances once each. */
export interface ScheduleTiming {
  /** Five or six fields as in crontab(5), seconds first when there are six. */
  readonly cron?: string;
  /** IANA name; what `cron` is read in. Default UTC. */
  readonly timeZone?: string;
  /** Instead of `cron`: this often, counted from the first start. */
  readonly everyMs?: number;
  /**
   * What becomes of times that passed while no instance ran: `one` (the default) makes up for the latest of them,
   * `all` for each, `none` for none.
   */
  readonly catchUp?: "one" | "all" | "none";
}

export interface ScheduleDeclaration {
  readonly name: string;
  readonly module: string;
  readonly job: AnyJob;
  readonly payload: unknown;
  readonly timing: ScheduleTiming;
}

export const DEFAULT_QUEUE = "default";
export const DEFAULT_CONCURRENCY = 10;
export const DEFAULT_MAX_ATTEMPTS = 20;
export const DEFAULT_TIMEOUT_MS = 30_000;

import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { AnyContract, AnyEvent, ErrorsOf, PayloadOf, Port, Static, TSchema } from "../contract/index.ts";
import type { AnyJob, Enqueued, EnqueueOptions, JobId, JobPayload, JobRequest } from "../jobs/index.ts";
import type { Actor } from "./actor.ts";
import type { NotOwn, NotUsed } from "./compile-errors.ts";
import type { JobStatus, RunningJob } from "./job.ts";

/**
 * What a use case works with. `db`, `sql` and `call` belong to the module; the rest belongs to this one run.
 *
 * Every statement runs under the module's own Postgres role (its reader role in a query) and, in a command, in
 * the command's transaction, which begins with the first statement and ends with the use case.
 */
export interface Context<Module extends AnyContract, Uses extends AnyContract, Tables, Settings, Ports, Op>
  extends RunContext<Module, Uses, Tables, Settings, Ports> {
  /** Ends the use case with one of the operation's declared errors. */
  readonly fail: Fail<Op>;
}

/** What the handler of a job or a subscriber works with. */
export interface JobContext<Module extends AnyContract, Uses extends AnyContract, Tables, Settings, Ports>
  extends RunContext<Module, Uses, Tables, Settings, Ports> {
  readonly job: RunningJob;
  /** The deadline and the wish to stop, as a signal for whatever takes one. */
  readonly signal: AbortSignal;
  /**
   * Runs `work` in a transaction of its own. For jobs with `transaction: "none"`; in the others everything is in one
   * transaction already, and this is refused.
   */
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What every run of a module's code works with. */
export interface RunContext<Module extends AnyContract, Uses extends AnyContract, Tables, Settings, Ports> {
  /** The module's own tables and the views it reads, by Kysely. Other modules' tables are not in it. */
  readonly db: Kysely<Tables>;
  /** A hand-written statement; interpolated values become parameters. Schema-qualify every table. */
  readonly sql: Sql;
  /** The operations of a module in `uses`, as plain async functions. */
  readonly call: <C extends AnyContract>(
    contract: C["contractName"] extends Uses["contractName"] ? C : NotUsed<Module, C>,
  ) => Port<C>;
  /**
   * Runs `work` so that its failure takes back its own statements only. The way to survive the failure of a
   * joined command: without it, that failure lets the whole transaction only be rolled back.
   */
  readonly savepoint: <T>(work: () => Promise<T>) => Promise<T>;
  /**
   * Enqueues a job of this module in the transaction of this run: with a rollback it was never there. Throws
   * JobPayloadError when the payload does not satisfy the job's schema.
   */
  readonly enqueue: <J extends AnyJob>(
    job: J["module"] extends Module["contractName"] ? J : NotOwn<Module, J["module"]>,
    payload: NoInfer<JobPayload<J>>,
    options?: EnqueueOptions,
  ) => Promise<Enqueued>;
  /** Enqueues any number of jobs with one statement; the answers are in the order of the requests. */
  readonly enqueueAll: (
    requests: readonly JobRequest<Module["contractName"]>[],
  ) => Promise<readonly Enqueued[]>;
  /** Enqueues jobs, and one that runs when all of them have ended, however they ended. */
  readonly enqueueBatch: (batch: {
    readonly jobs: readonly JobRequest<Module["contractName"]>[];
    readonly last: JobRequest<Module["contractName"]>;
  }) => Promise<{ readonly jobs: readonly Enqueued[]; readonly last: Enqueued }>;
  /** Cancels a job of this module: at once when it waits, by its signal when it runs. False when it had ended. */
  readonly cancelJob: (id: JobId, reason?: string) => Promise<boolean>;
  /** Where a job of this module stands; null when it is not known, or no longer. */
  readonly findJob: (id: JobId) => Promise<JobStatus | null>;
  /**
   * Publishes an event of this module's contract in the transaction of this run. `key` orders it: subscribers that
   * ask for order receive the events of one key one after the other.
   */
  readonly publish: <E extends AnyEvent>(
    event: E["contract"] extends Module["contractName"] ? E : NotOwn<Module, E["contract"]>,
    payload: NoInfer<PayloadOf<E>>,
    options?: { readonly key?: string },
  ) => Promise<void>;
  /** What the host gave the module for its ports. */
  readonly ports: Ports;
  /** The module's settings, validated at boot and frozen. */
  readonly settings: Settings;
  readonly actor: Actor;
  /** When the run must be over, in milliseconds of the epoch. Calls and statements past it are refused. */
  readonly deadline: number;
  /** 32 hexadecimal digits, as in W3C `traceparent`. */
  readonly traceId: string;
  /** To be sent as the header of that name with a request to another service, which then continues the trace. */
  readonly traceparent: string;
  /** The clock of the app; tests set it. Durable decisions between instances use the database's `now()`. */
  readonly now: () => Date;
  /** A new UUID v7: ordered by time, so that it is kind to an index. */
  readonly newId: () => string;
  /** Bytes fit for secrets; tests make them repeatable. */
  readonly randomBytes: (size: number) => Buffer;
  readonly log: Logger;
}

export type Sql = <Row extends object = Record<string, unknown>>(
  strings: TemplateStringsArray,
  ...values: unknown[]
) => Promise<Row[]>;

/** What follows each code: nothing where the error has no data, else its data. */
type FailArguments<Errors> = {
  [Code in keyof Errors]: Errors[Code] extends { readonly data: infer Data extends TSchema }
    ? Record<never, never> extends Static<Data>
      ? []
      : [data: Static<Data>]
    : never;
};

export type Fail<Op> = <Code extends keyof ErrorsOf<Op> & string>(
  code: Code,
  ...data: FailArguments<ErrorsOf<Op>>[Code]
) => never;

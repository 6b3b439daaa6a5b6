import { AsyncLocalStorage } from "node:async_hooks";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { AnyContract, AnyEvent, AnyOperation } from "../contract/index.ts";
import type { AnyJob, Attempt, Enqueued, EnqueueOptions, JobId, JobRequest } from "../jobs/index.ts";
import type { Pool, Result, Savepoint, Statement, Transaction } from "../postgres/index.ts";
import type { SpanRing } from "../telemetry/index.ts";
import { type Actor, actorKey } from "./actor.ts";
import type { Sql } from "./context.ts";
import type { JobStatus, RunningJob } from "./job.ts";

/**
 * The stretch of a transaction whose statements stand or fall together: a whole transaction, or one savepoint
 * of it. `spoiledBy` is set when a joined command failed in it: its statements may be half done, so the unit
 * can then only be rolled back, even if the failure was caught.
 */
export interface AtomicUnit {
  readonly transaction: Transaction;
  readonly savepoint: Savepoint | undefined;
  spoiledBy: { readonly operation: string; readonly error: unknown } | null;
  /** Of the whole transaction: what to ring when it has committed. A ring for nothing does no harm. */
  readonly wakes: Wakes;
}

export interface Wakes {
  topics: string[] | null;
}

/** An operation, a job or a subscriber with everything that is the same for all its runs. */
export interface Bound {
  readonly id: string;
  readonly module: ModuleTools;
  /** The Postgres role of its statements: the module's app role, or its reader role for a query. */
  readonly role: string;
  readonly handler: (input: unknown, context: Run) => Promise<unknown>;
}

export interface BoundOperation extends Bound {
  readonly operation: AnyOperation;
  readonly fail: (code: string, data?: unknown) => never;
}

/** What all runs of one module share. */
export interface ModuleTools {
  readonly name: string;
  readonly db: Kysely<unknown>;
  readonly sql: Sql;
  readonly call: (contract: AnyContract) => unknown;
  readonly savepoint: <T>(work: () => Promise<T>) => Promise<T>;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  readonly enqueue: (job: AnyJob, payload: unknown, options?: EnqueueOptions) => Promise<Enqueued>;
  readonly enqueueAll: (requests: readonly JobRequest[]) => Promise<readonly Enqueued[]>;
  readonly enqueueBatch: (batch: { jobs: readonly JobRequest[]; last: JobRequest }) => Promise<{
    jobs: readonly Enqueued[];
    last: Enqueued;
  }>;
  readonly cancelJob: (id: JobId, reason?: string) => Promise<boolean>;
  readonly findJob: (id: JobId) => Promise<JobStatus | null>;
  readonly publish: (event: AnyEvent, payload: unknown, options?: { key?: string }) => Promise<void>;
  readonly ports: unknown;
  readonly spans: SpanRing;
  readonly settings: unknown;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly randomBytes: (size: number) => Buffer;
  readonly log: Logger;
}

/** What a run and all that it calls have in common. */
export interface RunRequest {
  readonly actor: Actor;
  /** Milliseconds of the epoch. */
  readonly deadline: number;
  /** The deadline on the clock of `performance.now()`, which nobody sets back. */
  readonly expiresAt: number;
  readonly traceId: string;
  /** Where its connections come from: the app's own pool but for those who must get through while that is busy. */
  readonly pool: Pool;
}

/**
 * One run of one operation: the context its use case receives and, through AsyncLocalStorage, what statements
 * and calls made inside it find out about themselves. Only what differs between runs is a field; the rest are
 * getters on the prototype, so that a call between modules allocates one small object.
 */
export class Run {
  readonly bound: Bound;
  readonly request: RunRequest;
  readonly span: number;
  readonly unit: AtomicUnit | null;
  /** True in a query and in all that it calls: no command may run there. */
  readonly readOnly: boolean;

  constructor(bound: Bound, request: RunRequest, span: number, unit: AtomicUnit | null, readOnly: boolean) {
    this.bound = bound;
    this.request = request;
    this.span = span;
    this.unit = unit;
    this.readOnly = readOnly;
  }

  get actor(): Actor {
    return this.request.actor;
  }
  get deadline(): number {
    return this.request.deadline;
  }
  get traceId(): string {
    return this.request.traceId;
  }
  get traceparent(): string {
    return `00-${this.request.traceId}-${this.bound.module.spans.wireId(this.span)}-01`;
  }
  get db(): Kysely<unknown> {
    return this.bound.module.db;
  }
  get sql(): Sql {
    return this.bound.module.sql;
  }
  get call(): (contract: AnyContract) => unknown {
    return this.bound.module.call;
  }
  get savepoint(): <T>(work: () => Promise<T>) => Promise<T> {
    return this.bound.module.savepoint;
  }
  get fail(): (code: string, data?: unknown) => never {
    return (this.bound as BoundOperation).fail;
  }
  get enqueue(): ModuleTools["enqueue"] {
    return this.bound.module.enqueue;
  }
  get enqueueAll(): ModuleTools["enqueueAll"] {
    return this.bound.module.enqueueAll;
  }
  get enqueueBatch(): ModuleTools["enqueueBatch"] {
    return this.bound.module.enqueueBatch;
  }
  get cancelJob(): ModuleTools["cancelJob"] {
    return this.bound.module.cancelJob;
  }
  get findJob(): ModuleTools["findJob"] {
    return this.bound.module.findJob;
  }
  get publish(): ModuleTools["publish"] {
    return this.bound.module.publish;
  }
  get ports(): unknown {
    return this.bound.module.ports;
  }
  get settings(): unknown {
    return this.bound.module.settings;
  }
  get now(): () => Date {
    return this.bound.module.now;
  }
  get newId(): () => string {
    return this.bound.module.newId;
  }
  get randomBytes(): (size: number) => Buffer {
    return this.bound.module.randomBytes;
  }
  get log(): Logger {
    return this.bound.module.log.child({
      trace: this.traceId,
      operation: this.bound.id,
      actor: actorKey(this.actor),
    });
  }

  /** The same run inside a savepoint. */
  within(unit: AtomicUnit): Run {
    return new Run(this.bound, this.request, this.span, unit, this.readOnly);
  }
}

/** The run of a job or of a subscriber. */
export class JobRun extends Run {
  readonly attempt: Attempt;
  readonly job: RunningJob;

  constructor(
    bound: Bound,
    request: RunRequest,
    span: number,
    unit: AtomicUnit | null,
    attempt: Attempt,
    job: RunningJob,
  ) {
    super(bound, request, span, unit, false);
    this.attempt = attempt;
    this.job = job;
  }

  /** Asked for when it is needed: the signal of an attempt is made then. */
  get signal(): AbortSignal {
    return this.attempt.signal;
  }

  get transaction(): ModuleTools["transaction"] {
    return this.bound.module.transaction;
  }

  /** A statement of the framework's own, in this run's transaction if it has one. */
  send<Row>(statement: Statement): Promise<Result<Row>> {
    return this.unit === null
      ? this.request.pool.execute<Row>(this.bound.role, statement)
      : this.unit.transaction.execute<Row>(this.bound.role, statement, this.unit.savepoint);
  }

  override within(unit: AtomicUnit): JobRun {
    return new JobRun(this.bound, this.request, this.span, unit, this.attempt, this.job);
  }
}

const storage = new AsyncLocalStorage<Run>();

export function currentRun(): Run | undefined {
  return storage.getStore();
}

/**
 * The W3C `traceparent` by which another service continues the trace of the run that this is called in; undefined
 * outside all runs. For adapters, which are called in a run but are not given its context.
 */
export function currentTraceparent(): string | undefined {
  return storage.getStore()?.traceparent;
}

export function enter<T>(run: Run, work: () => Promise<T>): Promise<T> {
  return storage.run(run, work);
}

/** `enter` for a use case, without a closure: this is the path of every call between modules. */
export function enterHandler(run: Run, input: unknown): Promise<unknown> {
  try {
    return Promise.resolve(storage.run(run, run.bound.handler, input, run));
  } catch (error) {
    // A use case that is not an async function can throw before there is a promise.
    return Promise.reject(error);
  }
}

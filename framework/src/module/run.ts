import { AsyncLocalStorage } from "node:async_hooks";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { AnyContract, AnyOperation } from "../contract/index.ts";
import type { Savepoint, Transaction } from "../postgres/index.ts";
import { type Actor, actorKey } from "./actor.ts";
import type { Sql } from "./context.ts";

/**
 * The stretch of a transaction whose statements stand or fall together: a whole transaction, or one savepoint
 * of it. `spoiledBy` is set when a joined command failed in it: its statements may be half done, so the unit
 * can then only be rolled back, even if the failure was caught.
 */
export interface AtomicUnit {
  readonly transaction: Transaction;
  readonly savepoint: Savepoint | undefined;
  spoiledBy: { readonly operation: string; readonly error: unknown } | null;
}

/** An operation with everything that is the same for all its runs. */
export interface BoundOperation {
  readonly operation: AnyOperation;
  readonly id: string;
  readonly module: ModuleTools;
  /** The Postgres role of its statements: the module's app role, or its reader role for a query. */
  readonly role: string;
  readonly handler: (input: unknown, context: Run) => Promise<unknown>;
  readonly fail: (code: string, data?: unknown) => never;
}

/** What all runs of one module share. */
export interface ModuleTools {
  readonly name: string;
  readonly db: Kysely<unknown>;
  readonly sql: Sql;
  readonly call: (contract: AnyContract) => unknown;
  readonly savepoint: <T>(work: () => Promise<T>) => Promise<T>;
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
}

/**
 * One run of one operation: the context its use case receives and, through AsyncLocalStorage, what statements
 * and calls made inside it find out about themselves. Only what differs between runs is a field; the rest are
 * getters on the prototype, so that a call between modules allocates one small object.
 */
export class Run {
  readonly bound: BoundOperation;
  readonly request: RunRequest;
  readonly span: number;
  readonly unit: AtomicUnit | null;
  /** True in a query and in all that it calls: no command may run there. */
  readonly readOnly: boolean;

  constructor(
    bound: BoundOperation,
    request: RunRequest,
    span: number,
    unit: AtomicUnit | null,
    readOnly: boolean,
  ) {
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
    return this.bound.fail;
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

const storage = new AsyncLocalStorage<Run>();

export function currentRun(): Run | undefined {
  return storage.getStore();
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

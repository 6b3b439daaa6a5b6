import {
  type AnyContract,
  type AnyOperation,
  isOperation,
  membersOf,
  OperationError,
  operationError,
  validator,
  wireCode,
} from "../contract/index.ts";
import type { Pool, Transaction } from "../postgres/index.ts";
import type { SpanRing } from "../telemetry/index.ts";
import {
  callOutsideRun,
  commandInQuery,
  deadlineExceeded,
  ownTransactionInside,
  SchemaError,
  transactionInside,
  transactionSpoiled,
  undeclaredError,
} from "./errors.ts";
import type { EdgeCounter, ObservedEdges } from "./observed-edges.ts";
import type { Received } from "./observer.ts";
import { commitOf } from "./own-statement.ts";
import {
  type AtomicUnit,
  type Bound,
  type BoundOperation,
  currentRun,
  enter,
  enterHandler,
  Run,
  type RunRequest,
} from "./run.ts";
import { endWithError } from "./span-error.ts";

/**
 * How calls between modules are carried out.
 * - `direct`: a function call and a new context; no validation, no copying. What production runs.
 * - `serialised`: arguments, results and errors are validated and cloned both ways, as a network would force.
 *   What the test suite runs once more, so that no module comes to depend on sharing an object.
 */
export type CallMode = "direct" | "serialised";

export interface CallsParts {
  readonly pool: () => Pool;
  readonly spans: SpanRing;
  readonly mode: CallMode;
  /** Is told, after each commit, which queues and outboxes the transaction put something into. */
  readonly ring: (topics: readonly string[]) => void;
  readonly edges: ObservedEdges;
  /** Is given the outputs of serialised calls on their way to the caller. A direct call passes the very object. */
  readonly received?: Received | undefined;
}

export class Calls {
  readonly #pool: () => Pool;
  readonly #spans: SpanRing;
  readonly #mode: CallMode;
  readonly #ringTopics: (topics: readonly string[]) => void;
  readonly #edges: ObservedEdges;
  readonly #received: Received | undefined;

  constructor({ pool, spans, mode, ring, edges, received }: CallsParts) {
    this.#pool = pool;
    this.#spans = spans;
    this.#mode = mode;
    this.#ringTopics = ring;
    this.#edges = edges;
    this.#received = received;
  }

  /** The functions by which `caller` reaches the operations of one contract. Made once, at boot. */
  port(caller: string, contract: AnyContract, targets: ReadonlyMap<string, BoundOperation>): object {
    const port: Record<string, (input: unknown) => Promise<unknown>> = {};
    for (const operation of membersOf(contract).filter(isOperation)) {
      const target = targets.get(operation.id)!;
      const counters = new CallCounters(target.id, this.#edges);
      const direct = (input: unknown) => {
        const run = currentRun();
        if (run === undefined || run.bound.module.name !== caller) {
          return Promise.reject(callOutsideRun(target.id, caller));
        }
        counters.of(run.bound).count++;
        return this.#call(target, input, run);
      };
      port[operation.name] = this.#mode === "direct" ? direct : serialised(operation, direct, this.#received);
    }
    return Object.freeze(port);
  }

  /** Runs an operation that no other run called: a request, a command line, a test. */
  enter(target: BoundOperation, input: unknown, entry: Entry): Promise<unknown> {
    const { actor, deadline, traceId, parentSpan, around, pool = this.#pool() } = entry;
    const now = performance.now();
    const span = this.#start(target, traceId, parentSpan, now);
    const request = { actor, deadline, expiresAt: now + deadline - Date.now(), traceId, pool };
    return target.operation.kind === "query"
      ? this.#finish(target, new Run(target, request, span, null, true), input)
      : this.#transaction(target, input, request, span, around);
  }

  #call(target: BoundOperation, input: unknown, caller: Run): Promise<unknown> {
    const { request, unit } = caller;
    // One reading of the clock for deadline and span: on this path it counts.
    const now = performance.now();
    if (now > request.expiresAt) return Promise.reject(deadlineExceeded(target.id));
    const { operation } = target;
    if (operation.kind === "query") {
      const span = this.#start(target, request.traceId, caller.span, now);
      return this.#finish(target, new Run(target, request, span, unit, true), input);
    }
    if (caller.readOnly) return Promise.reject(commandInQuery(target.id, caller.bound.id));
    // A job that asked for no transaction: each command it calls is one.
    if (unit === null) {
      const span = this.#start(target, request.traceId, caller.span, now);
      return this.#transaction(target, input, request, span);
    }
    if (operation.transaction === "own") {
      return Promise.reject(ownTransactionInside(target.id, caller.bound.id));
    }
    const span = this.#start(target, request.traceId, caller.span, now);
    return this.#finish(target, new Run(target, request, span, unit, false), input, unit);
  }

  #start({ id, module }: BoundOperation, traceId: string, parent: number, now: number): number {
    return this.#spans.start("call", module.name, id, traceId, parent, now);
  }

  #finish(target: BoundOperation, run: Run, input: unknown, joined?: AtomicUnit): Promise<unknown> {
    return enterHandler(run, input).then(
      (output) => {
        this.#spans.end(run.span, null);
        return output;
      },
      (thrown: unknown) => {
        const { operation, id } = target;
        const error = declaredBy(operation, thrown);
        endWithError(this.#spans, run.span, error);
        if (joined !== undefined && !keepsItsWrites(error, operation)) {
          joined.spoiledBy ??= { operation: id, error };
        }
        throw error;
      },
    );
  }

  /** Runs `work` in a transaction of its own, inside a run that has none. */
  async inTransaction<T>(module: string, work: () => Promise<T>): Promise<T> {
    const run = currentRun();
    if (run === undefined || run.bound.module.name !== module) throw callOutsideRun("transaction", module);
    if (run.unit !== null || run.readOnly) throw transactionInside(run.bound.id);
    const transaction = run.request.pool.begin({ deadline: run.deadline });
    const unit = wholeTransaction(transaction);
    try {
      const result = await enter(run.within(unit), work);
      refuseSpoiled(unit, run.bound.id);
      await commitOf(run.within(unit));
      this.#ring(unit);
      return result;
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  }

  #ring({ wakes }: AtomicUnit): void {
    if (wakes.topics !== null) this.#ringTopics(wakes.topics);
  }

  async #transaction(
    target: BoundOperation,
    input: unknown,
    request: RunRequest,
    span: number,
    around?: Entry["around"],
  ): Promise<unknown> {
    const { deadline, pool } = request;
    const transaction = pool.begin(
      around === undefined ? { deadline } : { deadline, lockTimeoutMs: lockTimeoutMs(deadline) },
    );
    const unit = wholeTransaction(transaction);
    const run = new Run(target, request, span, unit, false);
    try {
      const output = await (around === undefined
        ? enterHandler(run, input)
        : around(run, () => enterHandler(run, input)));
      refuseSpoiled(unit, target.id);
      await commitOf(run);
      this.#ring(unit);
      this.#spans.end(span, null);
      return output;
    } catch (error) {
      let told = declaredBy(target.operation, error);
      if (keepsItsWrites(error, target.operation) && unit.spoiledBy === null) {
        // A root takes what it caused with it when it ends, so the commit has to end before.
        await commitOf(run).then(
          () => this.#ring(unit),
          (failure: unknown) => {
            told = failure;
          },
        );
        endWithError(this.#spans, span, told);
      } else {
        endWithError(this.#spans, span, told);
        await transaction.rollback();
      }
      throw told;
    }
  }
}

/** The counters of the calls to one operation, by caller. The last caller is most often the next: a comparison then. */
class CallCounters {
  readonly #target: string;
  readonly #edges: ObservedEdges;
  readonly #all = new Map<Bound, EdgeCounter>();
  #caller: Bound | undefined;
  #counter: EdgeCounter | undefined;

  constructor(target: string, edges: ObservedEdges) {
    this.#target = target;
    this.#edges = edges;
  }

  of(caller: Bound): EdgeCounter {
    if (caller === this.#caller) return this.#counter!;
    let counter = this.#all.get(caller);
    if (counter === undefined) {
      counter = this.#edges.counter("call", caller.id, this.#target);
      this.#all.set(caller, counter);
    }
    this.#caller = caller;
    this.#counter = counter;
    return counter;
  }
}

/** The stretch that is a whole transaction. */
export function wholeTransaction(transaction: Transaction): AtomicUnit {
  return { transaction, savepoint: undefined, spoiledBy: null, wakes: { topics: null } };
}

/** A call from outside all runs. */
export interface Entry {
  readonly actor: Run["actor"];
  /** Milliseconds of the epoch. */
  readonly deadline: number;
  readonly traceId: string;
  /** The span that this is part of; 0 for none. */
  readonly parentSpan: number;
  /** The app's own unless given. */
  readonly pool?: Pool | undefined;
  /** Wraps the use case inside its transaction; what it writes stands or falls with the command. */
  readonly around?: (run: Run, work: () => Promise<unknown>) => Promise<unknown>;
}

/** Runs `work` in a savepoint of the current run's transaction. */
export async function inSavepoint<T>(module: string, work: () => Promise<T>): Promise<T> {
  const run = currentRun();
  if (run === undefined || run.bound.module.name !== module || run.unit === null) {
    throw callOutsideRun("savepoint", module);
  }
  const outer = run.unit;
  return outer.transaction.savepoint(async (savepoint) => {
    const unit: AtomicUnit = {
      transaction: outer.transaction,
      savepoint,
      spoiledBy: null,
      wakes: outer.wakes,
    };
    const result = await enter(run.within(unit), work);
    refuseSpoiled(unit, run.bound.id);
    return result;
  }, outer.savepoint);
}

/** What is answered "a twin is still running" must be known before the caller itself runs out of time. */
const LOCK_TIMEOUT_MARGIN_MS = 100;

/** How long an idempotency key may be waited for: until shortly before the deadline. 0 would mean for ever. */
function lockTimeoutMs(deadline: number): number {
  return Math.max(1, deadline - Date.now() - LOCK_TIMEOUT_MARGIN_MS);
}

export function refuseSpoiled(unit: AtomicUnit, operation: string): void {
  if (unit.spoiledBy !== null) {
    throw transactionSpoiled(operation, unit.spoiledBy.operation, unit.spoiledBy.error);
  }
}

function keepsItsWrites(error: unknown, operation: AnyOperation): boolean {
  return error instanceof OperationError && error.commits && error.operation === operation.id;
}

/** An error of another operation that nobody translated is a mistake in this one, and no answer to its caller. */
function declaredBy(operation: AnyOperation, error: unknown): unknown {
  if (!(error instanceof OperationError)) return error;
  return error.operation === operation.id ? error : undeclaredError(operation.id, error);
}

function serialised(
  operation: AnyOperation,
  direct: (input: unknown) => Promise<unknown>,
  received: Received | undefined,
): (input: unknown) => Promise<unknown> {
  return async (input) => {
    const caller = currentRun()?.bound.id;
    let output: unknown;
    try {
      output = await direct(passed(operation, "input", operation.input, input));
    } catch (error) {
      throw error instanceof OperationError ? passedError(operation, error) : error;
    }
    const copy = passed(operation, "output", operation.output, output);
    return received === undefined ? copy : received(copy, caller!, operation.id);
  };
}

function passedError(operation: AnyOperation, error: OperationError): OperationError {
  const code = Object.keys(operation.errors).find((known) => wireCode(operation, known) === error.code)!;
  const data = passed(operation, "error data", operation.errors[code]!.data, error.data ?? {});
  return operationError(operation, code, data);
}

function passed(
  operation: AnyOperation,
  side: "input" | "output" | "error data",
  schema: AnyOperation["input"],
  value: unknown,
): unknown {
  checkValue(operation, side, schema, value);
  return structuredClone(value);
}

export function checkValue(
  operation: AnyOperation,
  side: "input" | "output" | "error data",
  schema: AnyOperation["input"],
  value: unknown,
): void {
  const check = validator(schema);
  if (!check.accepts(value)) throw new SchemaError(operation.id, side, check.violations(value));
}

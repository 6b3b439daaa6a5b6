import type { Connection } from "./connection.ts";
import type { ConnectionQueue } from "./connection-queue.ts";
import {
  beginCommand,
  COMMIT,
  type ControlCommand,
  type IsolationLevel,
  lockTimeoutCommand,
  ROLLBACK,
} from "./control-command.ts";
import { DatabaseError } from "./errors.ts";
import { PrefixTracker } from "./prefix-tracker.ts";
import { Savepoint } from "./savepoint.ts";
import type { GroupFailure, GroupResult } from "./stamped-query.ts";
import type { Result, Statement } from "./statement.ts";
import type { KnownStatement, StatementRegistry } from "./statement-registry.ts";
import {
  abortedError,
  closedError,
  deadlineError,
  outcomeUnknownError,
  rolledBackByServerError,
  savepointClosedError,
  spoiledError,
} from "./transaction-errors.ts";
import { sqlStateOf, translateError } from "./translate-error.ts";
import { type EncodedValue, encodeValues } from "./value-types.ts";
import { WaitingLine } from "./waiting-line.ts";

export interface TransactionOptions {
  /** Default `read committed`. */
  readonly isolation?: IsolationLevel;
  /** Replaces the pool's lock time-out for this transaction. */
  readonly lockTimeoutMs?: number;
  /** Epoch ms. Bounds every wait, and statements issued later are refused. A commit is not. */
  readonly deadline?: number;
}

/** What a transaction needs of its pool. */
export interface TransactionHost {
  readonly registry: StatementRegistry;
  readonly queue: ConnectionQueue;
  readonly isWalled: boolean;
  readonly savepointWaitMs: number;
}

const IN_FAILED_TRANSACTION = "25P02";

/**
 * A transaction across any number of roles.
 *
 * The role belongs to each statement. It is decided when the statement is put on the wire and compared with the role
 * last sent there; since the server runs statements in the order of the wire, concurrent branches cannot get each
 * other's role. BEGIN and SAVEPOINT travel in front of the first statement that needs them, RELEASE and ROLLBACK TO
 * in front of the next one: none of them costs a round trip.
 *
 *     new ──first statement──▶ begun ──commit()──▶ closed: committed, or rolled back and thrown
 *      └──────commit()/rollback(): nothing is sent──────▶ closed
 *
 * Savepoints nest strictly, but branches of a Promise.all do not. So a statement is sent only while the savepoint it
 * was issued in is the innermost open one; otherwise it waits in line for that, up to a limit.
 */
export class Transaction {
  readonly #host: TransactionHost;
  readonly #deadline: number;
  readonly #root = new Savepoint(undefined);
  readonly #line: WaitingLine;
  readonly #tracker: PrefixTracker;
  #innermost = this.#root;
  #connection: Connection | undefined;
  #isAwaitingConnection = false;
  /** The group with BEGIN is unanswered. Nothing follows it yet: were BEGIN cancelled, it would run on its own. */
  #isBeginning = false;
  #spoiled: Error | undefined;
  #isEnding = false;
  #isClosed = false;
  #statements = 0;

  constructor(host: TransactionHost, options: TransactionOptions) {
    this.#host = host;
    this.#deadline = options.deadline ?? Number.POSITIVE_INFINITY;
    this.#tracker = new PrefixTracker(beginCommands(options), host.isWalled);
    this.#line = new WaitingLine(() =>
      Math.max(0, Math.min(host.savepointWaitMs, this.#deadline - Date.now())),
    );
  }

  /** True once BEGIN is on the wire. */
  get begun(): boolean {
    return this.#tracker.isBegun;
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  /** Statements sent so far. */
  get statements(): number {
    return this.#statements;
  }

  /**
   * Runs one statement under `role`, inside `savepoint` if given. Statements of one savepoint are sent in the order
   * they were issued. After one has failed, all that follow in the same savepoint (or transaction) throw
   * ASHLAR_TRANSACTION_ABORTED with the first failure as cause.
   */
  async execute<Row = Record<string, unknown>>(
    role: string,
    statement: Statement,
    savepoint?: Savepoint,
  ): Promise<Result<Row>> {
    const known = this.#host.registry.admit(statement.text);
    const values = encodeValues(statement.values);
    const scope = savepoint ?? this.#root;
    this.#checkIssue(scope);
    scope.enter();
    try {
      const result = await this.#sendInTurn(scope, role, known, values);
      return result as unknown as Result<Row>;
    } catch (error) {
      throw error instanceof DatabaseError ? error : this.#explain(scope, error as GroupFailure, role);
    } finally {
      scope.leave();
    }
  }

  /**
   * Runs `run` inside a savepoint. When it throws, or a statement inside failed, what was done inside is undone and
   * the error is thrown; the transaction can go on. Give `parent` to nest.
   *
   * Statements of other branches wait until it is closed, so do not await one of those inside `run`: after the wait
   * limit it fails with ASHLAR_SAVEPOINT_WAIT_EXPIRED.
   */
  async savepoint<T>(run: (savepoint: Savepoint) => Promise<T>, parent?: Savepoint): Promise<T> {
    const outer = parent ?? this.#root;
    this.#checkIssue(outer);
    outer.enter();
    try {
      return await this.#runInside(await this.#openInTurn(outer), run);
    } finally {
      outer.leave();
    }
  }

  /** From now on the transaction can only be rolled back: statements and commit() throw ASHLAR_TRANSACTION_SPOILED. */
  spoil(reason: Error): void {
    this.#spoiled ??= reason;
  }

  /**
   * Commits, or rolls back and throws; afterwards the transaction is closed either way.
   * ASHLAR_COMMIT_OUTCOME_UNKNOWN: the connection died with COMMIT under way.
   */
  async commit(): Promise<void> {
    if (this.#isEnding) throw closedError();
    this.#isEnding = true;
    if (this.#innermost !== this.#root)
      this.spoil(new Error("commit() was called while a savepoint was open"));
    else await this.#root.finished();
    const obstacle = this.#obstacle(this.#root);
    if (obstacle !== undefined) {
      await this.#rollBack();
      throw obstacle;
    }
    this.#isClosed = true;
    if (this.#connection === undefined) return;
    try {
      if (this.begun) await this.#sendCommit(this.#connection);
    } finally {
      this.#host.queue.giveBack(this.#connection);
    }
  }

  /** Never rejects: a connection on which ROLLBACK fails is closed, which rolls back as well. */
  async rollback(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    await this.#rollBack();
  }

  /** What forbids issuing something new in `scope`. */
  #checkIssue(scope: Savepoint): void {
    if (this.#isEnding) throw closedError();
    if (scope.isClosing) throw savepointClosedError();
    this.#checkSend(scope);
  }

  /** What forbids sending something that was issued earlier: the world may have changed while it waited. */
  #checkSend(scope: Savepoint): void {
    if (this.#isClosed) throw closedError();
    const obstacle = this.#obstacle(scope);
    if (obstacle !== undefined) throw obstacle;
    if (Date.now() >= this.#deadline) throw deadlineError();
  }

  #obstacle(scope: Savepoint): DatabaseError | undefined {
    if (this.#spoiled !== undefined) return spoiledError(this.#spoiled);
    const { doom } = scope;
    return doom === undefined ? undefined : abortedError(doom);
  }

  #sendInTurn(
    scope: Savepoint,
    role: string,
    statement: KnownStatement,
    values: readonly EncodedValue[],
  ): Promise<GroupResult> {
    this.#wantConnection();
    if (this.#isTurnOfStatement(scope)) return this.#send(scope, role, statement, values);
    const turn = this.#line.join(scope, true, () => {
      this.#checkSend(scope);
      return this.#send(scope, role, statement, values);
    });
    this.#advance();
    return turn;
  }

  #openInTurn(outer: Savepoint): Promise<Savepoint> {
    const turn = this.#line.join(outer, false, () => {
      this.#checkSend(outer);
      this.#innermost = new Savepoint(outer);
      return this.#innermost;
    });
    this.#advance();
    return turn;
  }

  #isTurnOfStatement(scope: Savepoint): boolean {
    return this.#innermost === scope && this.#connection !== undefined && !this.#isBeginning;
  }

  /** Call after every change that may make it somebody's turn; nobody is left in line whose turn it is. */
  #advance(): void {
    this.#line.advance(
      ({ scope, isStatement }) =>
        this.#isClosed || (isStatement ? this.#isTurnOfStatement(scope) : this.#innermost === scope),
      () => this.#innermost,
    );
  }

  #wantConnection(): void {
    if (this.#connection !== undefined || this.#isAwaitingConnection) return;
    this.#connection = this.#host.queue.take();
    if (this.#connection === undefined) void this.#awaitConnection();
  }

  async #awaitConnection(): Promise<void> {
    this.#isAwaitingConnection = true;
    try {
      const connection = await this.#host.queue.wait(this.#deadline);
      if (this.#isClosed) return this.#host.queue.giveBack(connection);
      this.#connection = connection;
      this.#advance();
    } catch (error) {
      // A caller who swallows this must not get to commit what is left of the transaction.
      this.#root.failure ??= translateError(error);
      this.#line.failAll(error);
    }
  }

  /** Nothing is awaited between deciding the prefix and the write: that makes the order of the wire the truth. */
  #send(
    scope: Savepoint,
    role: string,
    statement: KnownStatement,
    values: readonly EncodedValue[],
  ): Promise<GroupResult> {
    const isFirst = !this.begun;
    const prefix = this.#tracker.beforeStatement(scope, role);
    const noteFailure = (failure: GroupFailure) => this.#noteFailure(scope, failure, role);
    const sent = (this.#connection as Connection).run(prefix, statement, values, noteFailure);
    this.#statements++;
    if (isFirst) this.#holdBackUntil(sent);
    return sent;
  }

  #holdBackUntil(begun: Promise<unknown>): void {
    this.#isBeginning = true;
    const proceed = () => {
      this.#isBeginning = false;
      this.#advance();
    };
    begun.then(proceed, proceed);
  }

  /** Hears of failures in the order of the wire, so the first one is the cause of all that follow. */
  #noteFailure(scope: Savepoint, failure: GroupFailure, role: string): void {
    const error = translateError(this.#reasonOf(failure), role);
    if (scope.doom === undefined) scope.failure = error;
    // Without a connection, or if BEGIN itself was cancelled, there is nothing left to roll back to.
    const isOver = failure.isConnectionLost || this.#connection?.isBetweenTransactions === true;
    if (isOver) this.#root.failure ??= error;
  }

  /** Made where the caller awaits, so that the stack leads to the caller. */
  #explain(scope: Savepoint, failure: GroupFailure, role: string): DatabaseError {
    const { doom } = scope;
    if (doom !== undefined && sqlStateOf(failure.error) === IN_FAILED_TRANSACTION) return abortedError(doom);
    return translateError(this.#reasonOf(failure), role);
  }

  /** When the server gave no reason for this group, why the connection was lost before says more than a broken pipe. */
  #reasonOf(failure: GroupFailure): unknown {
    if (sqlStateOf(failure.error) !== undefined) return failure.error;
    return this.#connection?.lost ?? failure.error;
  }

  async #runInside<T>(savepoint: Savepoint, run: (savepoint: Savepoint) => Promise<T>): Promise<T> {
    let isUndone = true;
    try {
      const result = await run(savepoint);
      savepoint.isClosing = true;
      await savepoint.finished();
      if (savepoint.failure !== undefined) throw abortedError(savepoint.failure);
      isUndone = false;
      return result;
    } finally {
      savepoint.isClosing = true;
      await savepoint.finished();
      this.#close(savepoint, isUndone);
    }
  }

  #close(savepoint: Savepoint, isUndone: boolean): void {
    this.#tracker.closed(savepoint, isUndone);
    this.#innermost = savepoint.parent ?? this.#root;
    this.#advance();
  }

  async #sendCommit(connection: Connection): Promise<void> {
    let tag: string;
    try {
      ({ tag } = await connection.run([...this.#tracker.beforeCommit(), COMMIT], undefined, []));
    } catch (thrown) {
      const failure = thrown as GroupFailure;
      if (failure.wasSent && failure.isConnectionLost) throw outcomeUnknownError(failure.error);
      throw translateError(this.#reasonOf(failure));
    }
    if (tag !== "COMMIT") throw rolledBackByServerError();
  }

  async #rollBack(): Promise<void> {
    this.#isClosed = true;
    this.#advance();
    const connection = this.#connection;
    if (connection === undefined) return;
    try {
      if (this.begun) await connection.run([ROLLBACK], undefined, []);
    } catch {
      void connection.destroy();
    } finally {
      this.#host.queue.giveBack(connection);
    }
  }
}

function beginCommands({ isolation, lockTimeoutMs }: TransactionOptions): ControlCommand[] {
  const begin = beginCommand(isolation);
  return lockTimeoutMs === undefined ? [begin] : [begin, lockTimeoutCommand(lockTimeoutMs)];
}

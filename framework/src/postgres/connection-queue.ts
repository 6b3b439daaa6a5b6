import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, ConnectionFactory } from "./connection.ts";
import { DatabaseError } from "./errors.ts";
import { reasonOf, translateError } from "./translate-error.ts";

export interface QueueOptions {
  readonly max: number;
  readonly maxWaiting: number;
  readonly waitTimeoutMs: number;
  /** 0 means for ever. */
  readonly maxLifetimeMs: number;
  readonly stopTimeoutMs: number;
  readonly onConnectionLost: (error: unknown) => void;
}

interface Waiter {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: DatabaseError) => void;
  readonly timer: NodeJS.Timeout;
  readonly since: number;
}

const FIRST_RETRY_MS = 25;
const LAST_RETRY_MS = 500;

/**
 * Hands out connections: the most recently used idle one, else a new one up to `max`, else the next to come back,
 * first come first served and never for longer than the wait limit.
 *
 * While the server cannot be reached one opener keeps trying on behalf of everyone who waits; with nobody waiting,
 * nobody tries. So a server that comes back is used at once, and one that is down is not stormed.
 */
export class ConnectionQueue {
  /** Hears how long each caller waited that had to, in milliseconds, whether it got a connection or not. */
  onWaited: ((waitedMs: number) => void) | null = null;
  readonly #factory: ConnectionFactory;
  readonly #options: QueueOptions;
  readonly #idle: Connection[] = [];
  readonly #inUse = new Set<Connection>();
  readonly #closing = new Set<Promise<void>>();
  readonly #waiters: Waiter[] = [];
  #opening = 0;
  #isRetrying = false;
  #connectError: DatabaseError | undefined;
  #isStopped = false;
  #stopping: Promise<void> | undefined;
  #onDrained: (() => void) | undefined;

  constructor(factory: ConnectionFactory, options: QueueOptions) {
    this.#factory = factory;
    this.#options = options;
  }

  get counts(): { idle: number; inUse: number; opening: number; waiting: number } {
    return {
      idle: this.#idle.length,
      inUse: this.#inUse.size,
      opening: this.#opening,
      waiting: this.#waiters.length,
    };
  }

  /** An idle connection, if there is one. Every connection taken must be given back. */
  take(): Connection | undefined {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (this.#isFit(connection)) {
        this.#inUse.add(connection);
        return connection;
      }
      this.#discard(connection);
    }
    return undefined;
  }

  /**
   * Waits for a connection until the wait limit or `deadline` (epoch ms), whichever is sooner.
   * Rejects with ASHLAR_POOL_EXHAUSTED, ASHLAR_DATABASE_UNAVAILABLE, ASHLAR_POOL_STOPPED, or with what the server
   * said when retrying is hopeless (wrong password).
   */
  wait(deadline = Number.POSITIVE_INFINITY): Promise<Connection> {
    if (this.#isStopped) return Promise.reject(stopped());
    if (this.#waiters.length >= this.#options.maxWaiting)
      return Promise.reject(this.#exhausted("too many wait"));
    const waitMs = Math.max(0, Math.min(this.#options.waitTimeoutMs, deadline - Date.now()));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(waiter, waitMs), waitMs);
      const waiter = { resolve, reject, timer, since: performance.now() };
      this.#waiters.push(waiter);
      this.#openAsNeeded();
    });
  }

  /** A connection that is lost, in a transaction, or too old is closed instead of being used again. */
  giveBack(connection: Connection): void {
    this.#inUse.delete(connection);
    if (!connection.isBetweenTransactions || !this.#isFit(connection)) this.#discard(connection);
    else this.#offer(connection);
    if (this.#isStopped) this.#checkDrained();
  }

  /** Lets those who hold or already wait for a connection finish, up to the stop limit; refuses everyone else. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  #isFit(connection: Connection): boolean {
    if (connection.lost !== undefined) return false;
    const { maxLifetimeMs } = this.#options;
    return maxLifetimeMs === 0 || Date.now() - connection.openedAt < maxLifetimeMs;
  }

  #offer(connection: Connection): void {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      clearTimeout(waiter.timer);
      this.#waited(waiter);
      this.#inUse.add(connection);
      waiter.resolve(connection);
    } else if (this.#isStopped) {
      this.#discard(connection);
    } else {
      this.#idle.push(connection);
    }
  }

  #discard(connection: Connection): void {
    const closing = connection.isBetweenTransactions ? connection.close() : connection.destroy();
    const closed = closing.then(() => {
      this.#closing.delete(closed);
    });
    this.#closing.add(closed);
    this.#openAsNeeded();
  }

  #openAsNeeded(): void {
    while (
      !this.#isRetrying &&
      this.#opening < this.#waiters.length &&
      this.#opening + this.#idle.length + this.#inUse.size < this.#options.max
    ) {
      this.#opening++;
      void this.#open();
    }
  }

  /** Never rejects: failures reach those who wait. */
  async #open(): Promise<void> {
    let isRetrier = false;
    let retryMs = FIRST_RETRY_MS;
    let connection: Connection | undefined;
    while (connection === undefined && this.#waiters.length > 0) {
      try {
        connection = await this.#factory.open();
        this.#connectError = undefined;
      } catch (error) {
        this.#connectError = translateError(error);
        if (!this.#connectError.retryable) this.#rejectAll(this.#connectError);
        if (this.#isRetrying && !isRetrier) break;
        this.#isRetrying = true;
        isRetrier = true;
        if (this.#waiters.length > 0) await sleep(retryMs);
        retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
      }
    }
    if (isRetrier) this.#isRetrying = false;
    this.#opening--;
    if (connection !== undefined) this.#adopt(connection);
    this.#openAsNeeded();
    if (this.#isStopped) this.#checkDrained();
  }

  #adopt(connection: Connection): void {
    connection.onLost = (error) => {
      const index = this.#idle.indexOf(connection);
      if (index >= 0) this.#idle.splice(index, 1);
      // Whoever holds it may be waiting for something that never comes, and would keep its place for ever.
      this.#inUse.delete(connection);
      this.#options.onConnectionLost(error);
      this.#openAsNeeded();
      if (this.#isStopped) this.#checkDrained();
    };
    this.#offer(connection);
  }

  #giveUp(waiter: Waiter, waitedMs: number): void {
    this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
    this.#waited(waiter);
    const isUnreachable = this.#connectError !== undefined && this.#inUse.size === 0;
    waiter.reject(
      isUnreachable && this.#connectError !== undefined
        ? unreachable(this.#connectError, waitedMs)
        : this.#exhausted(`none came free within ${waitedMs} ms`),
    );
    if (this.#isStopped) this.#checkDrained();
  }

  #rejectAll(error: DatabaseError): void {
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer);
      this.#waited(waiter);
      waiter.reject(error);
    }
  }

  #waited({ since }: Waiter): void {
    if (this.onWaited !== null) this.onWaited(performance.now() - since);
  }

  #exhausted(reason: string): DatabaseError {
    const { inUse, waiting } = this.counts;
    return new DatabaseError(
      "ASHLAR_POOL_EXHAUSTED",
      `No database connection: ${reason} (${inUse} of ${this.#options.max} in use, ${waiting} waiting). ` +
        "Retry later; if it persists, look for slow statements and long transactions before raising `max`.",
      { cause: this.#connectError },
    );
  }

  async #stop(): Promise<void> {
    this.#isStopped = true;
    for (const connection of this.#idle.splice(0)) this.#discard(connection);
    const drained = new Promise<void>((resolve) => {
      this.#onDrained = resolve;
    });
    this.#checkDrained();
    const impatience = setTimeout(() => {
      this.#rejectAll(stopped());
      for (const connection of this.#inUse) void connection.destroy();
      this.#onDrained?.();
    }, this.#options.stopTimeoutMs);
    await drained;
    clearTimeout(impatience);
    await Promise.all([...this.#closing, ...[...this.#inUse].map((connection) => connection.closed)]);
  }

  #checkDrained(): void {
    if (this.#inUse.size + this.#opening + this.#waiters.length === 0) this.#onDrained?.();
  }
}

function unreachable(cause: DatabaseError, waitedMs: number): DatabaseError {
  return new DatabaseError(
    "ASHLAR_DATABASE_UNAVAILABLE",
    `PostgreSQL could not be reached for ${waitedMs} ms (${reasonOf(cause.cause)}). Retry later; it will be used again once it is back.`,
    { cause, sqlState: cause.sqlState },
  );
}

function stopped(): DatabaseError {
  return new DatabaseError("ASHLAR_POOL_STOPPED", "The pool was stopped, so it takes no new work.");
}

import type { Savepoint } from "./savepoint.ts";
import { waitExpiredError } from "./transaction-errors.ts";

export interface Waiter {
  /** The savepoint that must be the innermost open one when the waiter starts. */
  readonly scope: Savepoint;
  /** True for statements: they also need a connection on which BEGIN has succeeded or is still to be sent. */
  readonly isStatement: boolean;
  readonly start: () => void;
  readonly fail: (error: unknown) => void;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The statements and savepoints of one transaction that cannot be sent yet, in the order they were issued.
 * Whoever waits for a savepoint of another branch waits for a limited time only: that branch might be waiting for it.
 */
export class WaitingLine {
  readonly #waiters = new Set<Waiter>();
  readonly #waitLimitMs: () => number;

  constructor(waitLimitMs: () => number) {
    this.#waitLimitMs = waitLimitMs;
  }

  hasAnyFor(scope: Savepoint): boolean {
    for (const waiter of this.#waiters) if (waiter.scope === scope) return true;
    return false;
  }

  /** `start` runs inside advance(), so what it sends leaves in the order of the line. */
  join<T>(scope: Savepoint, isStatement: boolean, start: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        scope,
        isStatement,
        start: () => {
          try {
            resolve(start());
          } catch (error) {
            reject(error);
          }
        },
        fail: reject,
        timer: undefined,
      };
      this.#waiters.add(waiter);
    });
  }

  /** Starts everyone for whom `isTurn`, first come first served among those of one savepoint. */
  advance(isTurn: (waiter: Waiter) => boolean, innermost: () => Savepoint): void {
    const passedOver = new Set<Savepoint>();
    for (const waiter of [...this.#waiters]) {
      if (!passedOver.has(waiter.scope) && isTurn(waiter)) {
        this.#remove(waiter);
        waiter.start();
      } else {
        passedOver.add(waiter.scope);
        if (waiter.scope !== innermost()) this.#limit(waiter);
      }
    }
  }

  failAll(error: unknown): void {
    for (const waiter of [...this.#waiters]) {
      this.#remove(waiter);
      waiter.fail(error);
    }
  }

  #limit(waiter: Waiter): void {
    if (waiter.timer !== undefined) return;
    const waitMs = this.#waitLimitMs();
    waiter.timer = setTimeout(() => {
      this.#remove(waiter);
      waiter.fail(waitExpiredError(waitMs));
    }, waitMs);
  }

  #remove(waiter: Waiter): void {
    clearTimeout(waiter.timer);
    this.#waiters.delete(waiter);
  }
}

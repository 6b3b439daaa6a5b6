interface Waiting {
  readonly admit: () => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Lets a few pieces of work run at a time and the rest wait in order of arrival, up to a number and a deadline.
 *
 * Hashing a password takes a core for tens of milliseconds and 19 MiB. Without a bound, a burst of sign-ins would
 * take the memory and all threads of the process. Work is admitted before it sends its first statement, so those
 * who wait hold no database connection.
 */
export class HashQueue {
  readonly #slots: number;
  readonly #mostWaiting: number;
  readonly #waiting = new Set<Waiting>();
  #running = 0;

  constructor(slots: number, mostWaiting: number) {
    this.#slots = slots;
    this.#mostWaiting = mostWaiting;
  }

  /** Runs `work` in its turn, or calls `refuse` when too many wait already or its turn does not come in time. */
  async run<T>(
    options: { readonly latestStart: number; readonly refuse: () => never },
    work: () => Promise<T>,
  ): Promise<T> {
    if (!(await this.#admitted(options.latestStart))) return options.refuse();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #admitted(latestStart: number): Promise<boolean> {
    if (this.#running < this.#slots) {
      this.#running++;
      return Promise.resolve(true);
    }
    const patienceMs = latestStart - Date.now();
    if (this.#waiting.size >= this.#mostWaiting || patienceMs <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        admit: () => {
          clearTimeout(waiting.timer);
          resolve(true);
        },
        timer: setTimeout(() => {
          this.#waiting.delete(waiting);
          resolve(false);
        }, patienceMs),
      };
      this.#waiting.add(waiting);
    });
  }

  /** The slot goes straight to the first in line, so nobody who comes later can slip in between. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running--;
      return;
    }
    this.#waiting.delete(next);
    next.admit();
  }
}

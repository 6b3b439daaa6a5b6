/** The requests in progress, and whether the edge is going away. */
export class Traffic {
  /** From now on every answer asks for its connection to be closed. */
  isDraining = false;
  #inProgress = 0;
  readonly #waiting: (() => void)[] = [];

  get inProgress(): number {
    return this.#inProgress;
  }

  enter(): void {
    this.#inProgress++;
  }

  leave(): void {
    this.#inProgress--;
    if (this.#inProgress === 0) for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves once no request is in progress, or after `limitMs`. */
  quiet(limitMs: number): Promise<void> {
    if (this.#inProgress === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

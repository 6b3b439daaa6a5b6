/** A worker holds no more than so much work in advance. */
const PREFETCH_MS = 50;
const WEIGHT_OF_NEWEST = 0.05;
/** Faster than this is not told apart. */
const LEAST_MS = 0.001;

/** How many jobs a queue's handlers get through in 50 ms, by what they took lately. */
export class HandlerTime {
  readonly #concurrency: number;
  #averageMs: number | undefined;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** Jobs to hold beyond those that can start at once: none before anything was measured, none for slow handlers. */
  get prefetch(): number {
    if (this.#averageMs === undefined) return 0;
    return Math.floor((this.#concurrency * PREFETCH_MS) / Math.max(LEAST_MS, this.#averageMs));
  }

  measured(ms: number): void {
    this.#averageMs =
      this.#averageMs === undefined ? ms : this.#averageMs + (ms - this.#averageMs) * WEIGHT_OF_NEWEST;
  }

  /** The average has proved too small: begin again as with handlers that nothing is known of. */
  distrust(): void {
    this.#averageMs = undefined;
  }
}

import type { Sample } from "./metric.ts";

export interface MetricSourceOptions {
  /** How long what was read is good enough. Default 5,000. */
  readonly freshMs?: number;
  /** How long a scrape waits. Default 1,000. */
  readonly limitMs?: number;
}

/**
 * Metrics that have to be asked for, as of the database. What was read is kept for some seconds, a failure too, so
 * that many scrapers cost no more than one; a scrape waits for no longer than the limit and then goes without. One
 * read at a time: a slow one is waited for by later scrapes and not begun again.
 */
export class MetricSource {
  readonly name: string;
  readonly #read: () => Promise<readonly Sample[]>;
  readonly #freshMs: number;
  readonly #limitMs: number;
  #reading: Promise<readonly Sample[] | null> | null = null;
  #last: { readonly samples: readonly Sample[] | null; readonly at: number } | null = null;

  constructor(name: string, read: () => Promise<readonly Sample[]>, options: MetricSourceOptions = {}) {
    this.name = name;
    this.#read = read;
    this.#freshMs = options.freshMs ?? 5_000;
    this.#limitMs = options.limitMs ?? 1_000;
  }

  /** Null when they cannot be had. Never rejects. */
  async samples(): Promise<readonly Sample[] | null> {
    if (this.#last !== null && performance.now() - this.#last.at < this.#freshMs) return this.#last.samples;
    this.#reading ??= this.#readNow();
    const { promise: tooLate, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(resolve, this.#limitMs, null);
    try {
      return await Promise.race([this.#reading, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #readNow(): Promise<readonly Sample[] | null> {
    let samples: readonly Sample[] | null = null;
    try {
      samples = await this.#read();
    } catch {
      // The scrape says that they are missing. Why, is said where the database fails.
    }
    this.#last = { samples, at: performance.now() };
    this.#reading = null;
    return samples;
  }
}

/** A server that is away must not hold up the end of the process, nor a write the next one. */
export const WRITE_LIMIT_MS = 1_000;

/** Puts something away every so often, one write after the other, and once more at the end. */
export class PeriodicWrite {
  readonly #everyMs: number;
  readonly #write: (isLast: boolean) => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** `write` never rejects. */
  constructor(everyMs: number, write: (isLast: boolean) => Promise<void>) {
    this.#everyMs = everyMs;
    this.#write = write;
  }

  start(): void {
    // Keeps no process alive that has nothing else to do.
    this.#timer = setInterval(() => void this.write(), this.#everyMs).unref();
  }

  /** Never rejects. One after the other. */
  write(isLast = false): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write(isLast));
    return this.#writing;
  }

  /** Writes what is left, if the database takes it at once. Without a `start` there is nothing to do. */
  async stop(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    const { promise: givenUp, resolve } = Promise.withResolvers<void>();
    const limit = setTimeout(resolve, WRITE_LIMIT_MS);
    await Promise.race([this.write(true), givenUp]);
    clearTimeout(limit);
  }
}

import { DatabaseError } from "../postgres/index.ts";

/** A server that is away must not hold up the end of the process, nor a write the next one. */
export const WRITE_LIMIT_MS = 1_000;

/** Puts something away every so often, one write after the other, and once more at the end. */
export class PeriodicWrite {
  readonly #everyMs: number;
  readonly #write: (isLast: boolean) => Promise<void>;
  readonly #onTheFull: boolean;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  /**
   * `write` never rejects. `onTheFull`: as each full minute begins, if it is every minute.
   * A timer that comes a little early comes twice, to no harm.
   */
  constructor(
    everyMs: number,
    write: (isLast: boolean) => Promise<void>,
    { onTheFull = false }: { readonly onTheFull?: boolean } = {},
  ) {
    this.#everyMs = everyMs;
    this.#write = write;
    this.#onTheFull = onTheFull;
  }

  /** Keeps no process alive that has nothing else to do. */
  start(): void {
    this.#timer = this.#onTheFull
      ? setTimeout(
          () => {
            this.start();
            void this.write();
          },
          this.#everyMs - (Date.now() % this.#everyMs),
        ).unref()
      : setInterval(() => void this.write(), this.#everyMs).unref();
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

/**
 * What PostgreSQL refuses for what it is would be refused for ever, and what is there twice, since nobody knows whether
 * it was committed, is worse than what is not there.
 */
export function isNotToRepeat(error: unknown): boolean {
  return error instanceof DatabaseError && NOT_AGAIN.has(error.code);
}

const NOT_AGAIN: ReadonlySet<string> = new Set([
  "ASHLAR_VALUE_NOT_STORABLE",
  "ASHLAR_VALUE_REFUSED",
  "ASHLAR_CHECK_VIOLATION",
  "ASHLAR_NOT_NULL_VIOLATION",
  "ASHLAR_COMMIT_OUTCOME_UNKNOWN",
]);

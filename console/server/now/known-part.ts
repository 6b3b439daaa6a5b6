import type { Logger } from "pino";
import { inTime } from "../in-time.ts";
import { databaseSilence, TOO_LONG } from "../reading/database-silence.ts";

export interface KnownPartParts<Value> {
  /** For people: `what changed`. */
  readonly what: string;
  /** What is not older than this is not read again. */
  readonly everyMs: number;
  readonly read: () => Promise<Value>;
  readonly now: () => number;
  /** Hears once of each failure that is no silence of the database. */
  readonly log: Pick<Logger, "warn">;
}

/** For what fails in another way than by the database's silence. */
const UNREADABLE = "It cannot be read; the log of this instance says why";
const PATIENCE_MS = 1_500;
/** Nobody waits again and again for what does not answer. */
const SHORT_PATIENCE_MS = 100;

/**
 * One part of an answer that is given whatever happens: read every so often, and remembered. A part that cannot be read
 * says since when and why, and neither fails nor holds up the others.
 */
export class KnownPart<Value> {
  readonly #parts: KnownPartParts<Value>;
  #value: Value | null = null;
  #readAt = Number.NEGATIVE_INFINITY;
  #failure: { readonly since: number; readonly reason: string } | null = null;
  #reading: Promise<void> | null = null;

  constructor(parts: KnownPartParts<Value>) {
    this.#parts = parts;
  }

  get what(): string {
    return this.#parts.what;
  }

  /** The last that is known; null when nothing is. */
  get value(): Value | null {
    return this.#value;
  }

  /** Why `value` is old or missing; null when it is neither. */
  get failure(): { readonly since: number; readonly reason: string } | null {
    return this.#failure;
  }

  /** Reads anew if it is time. Never rejects, and waits no longer than somebody would who asks for a page. */
  async refresh(): Promise<void> {
    const { everyMs, now } = this.#parts;
    if (this.#failure === null && now() - this.#readAt < everyMs) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    const read = this.#reading.then(() => true);
    if ((await inTime(read, this.#failure === null ? PATIENCE_MS : SHORT_PATIENCE_MS)) === null)
      this.#fail(TOO_LONG);
  }

  async #read(): Promise<void> {
    try {
      this.#value = await this.#parts.read();
      this.#readAt = this.#parts.now();
      this.#failure = null;
    } catch (error) {
      const silence = databaseSilence(error);
      const { what, log } = this.#parts;
      if (silence === null && this.#failure?.reason !== UNREADABLE)
        log.warn({ err: error }, `cannot read ${what}`);
      this.#fail(silence ?? UNREADABLE);
    }
  }

  #fail(reason: string): void {
    this.#failure = { since: this.#failure?.since ?? this.#parts.now(), reason };
  }
}

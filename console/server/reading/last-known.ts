import type { Shown } from "../../api/shown.ts";
import { inTime } from "../in-time.ts";
import { databaseSilence, TOO_LONG } from "./database-silence.ts";

/** How long the last known answer waits for a newer one. */
const PATIENCE_MS = 3_000;
/** Once it has waited in vain, until a try that went on meanwhile succeeds. */
const SILENT_PATIENCE_MS = 250;
const MOST_ANSWERS = 300;
const MOST_CHARACTERS = 16 * 1024 * 1024;

interface Known {
  /** JSON. */
  readonly data: string;
  readonly at: number;
  /** Of the first try after it that failed. */
  silentSince: number | null;
}

/**
 * Answers with what is read now, and with the last that was read while the database does not answer. Who asks for the
 * same at the same time gets the same answer.
 */
export class LastKnown {
  readonly #now: () => number;
  readonly #patienceMs: number;
  readonly #known = new Map<string, Known>();
  readonly #reading = new Map<string, Promise<Known>>();
  #characters = 0;

  constructor(now: () => number = Date.now, patienceMs = PATIENCE_MS) {
    this.#now = now;
    this.#patienceMs = patienceMs;
  }

  /** The JSON of a `Shown`. Throws what `read` threw, unless the database is silent and something is known. */
  async answer(key: string, read: () => Promise<unknown>): Promise<string> {
    const triedAt = this.#now();
    const reading = this.#reading.get(key) ?? this.#read(key, read);
    const known = this.#known.get(key);
    if (known === undefined) return shown(await reading, null);
    let reason = TOO_LONG;
    try {
      const fresh = await inTime(reading, known.silentSince === null ? this.#patienceMs : SILENT_PATIENCE_MS);
      if (fresh !== null) return shown(fresh, null);
    } catch (error) {
      const silence = databaseSilence(error);
      if (silence === null) throw error;
      reason = silence;
    }
    known.silentSince ??= triedAt;
    return shown(known, { since: known.silentSince, reason });
  }

  #read(key: string, read: () => Promise<unknown>): Promise<Known> {
    const reading = read()
      .then((value) => this.#keep(key, JSON.stringify(value ?? null)))
      .finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    // It may fail after nobody waits for it any more.
    reading.catch(() => {});
    return reading;
  }

  #keep(key: string, data: string): Known {
    this.#drop(key);
    const known: Known = { data, at: this.#now(), silentSince: null };
    this.#known.set(key, known);
    this.#characters += data.length;
    // The oldest first.
    for (const old of this.#known.keys()) {
      if (this.#known.size <= MOST_ANSWERS && this.#characters <= MOST_CHARACTERS) break;
      this.#drop(old);
    }
    return known;
  }

  #drop(key: string): void {
    this.#characters -= this.#known.get(key)?.data.length ?? 0;
    this.#known.delete(key);
  }
}

function shown({ data, at }: Known, stale: Shown<unknown>["stale"]): string {
  return `{"data":${data},"at":${at},"stale":${JSON.stringify(stale)}}`;
}

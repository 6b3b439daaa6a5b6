import { DatabaseError } from "../../postgres/index.ts";
import type { Enqueued } from "../declaration.ts";
import { isPlain } from "./enqueue.ts";
import type { JobStore } from "./job-store.ts";
import type { NewJob } from "./new-job.ts";
import type { Execute } from "./store-parts.ts";

export interface EnqueuerParts {
  readonly store: Pick<JobStore, "enqueue">;
  /** Runs a statement on its own. */
  readonly execute: Execute;
  /** Hears of the new jobs once they are committed. */
  readonly onEnqueued: (jobs: readonly NewJob[]) => void;
}

interface Waiting {
  readonly job: NewJob;
  readonly resolve: (enqueued: Enqueued) => void;
  readonly reject: (error: unknown) => void;
}

const MOST_AT_ONCE = 1_000;
/** Jobs that take more than one statement, at once; the connections are not theirs alone. */
const MOST_SPECIAL = 4;

/**
 * Enqueues outside of transactions. What comes while a statement is under way goes out together with the next one,
 * so that many share one commit and one alone does not wait. Each promise resolves after its commit.
 */
export class Enqueuer {
  readonly #parts: EnqueuerParts;
  #waiting: Waiting[] = [];
  #loop: Promise<void> | undefined;

  constructor(parts: EnqueuerParts) {
    this.#parts = parts;
  }

  enqueue(job: NewJob): Promise<Enqueued> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#loop ??= this.#sendAll();
    });
  }

  /** Resolves when all that was enqueued before has been answered. */
  async stop(): Promise<void> {
    while (this.#loop !== undefined) await this.#loop;
  }

  async #sendAll(): Promise<void> {
    // What is enqueued in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const all = this.#waiting;
      const batch = all.length <= MOST_AT_ONCE ? all : all.slice(0, MOST_AT_ONCE);
      this.#waiting = all.length <= MOST_AT_ONCE ? [] : all.slice(MOST_AT_ONCE);
      const plain = batch.filter(({ job }) => isPlain(job));
      if (plain.length > 0) await this.#send(plain);
      const special = batch.filter(({ job }) => !isPlain(job));
      for (let from = 0; from < special.length; from += MOST_SPECIAL) {
        await Promise.all(special.slice(from, from + MOST_SPECIAL).map((one) => this.#send([one])));
      }
    }
    this.#loop = undefined;
  }

  /** Never rejects. */
  async #send(batch: readonly Waiting[]): Promise<void> {
    const { store, execute, onEnqueued } = this.#parts;
    let enqueued: readonly Enqueued[];
    try {
      enqueued = await store.enqueue(
        execute,
        batch.map(({ job }) => job),
      );
    } catch (error) {
      if (batch.length === 1 || !isAboutData(error)) {
        for (const { reject } of batch) reject(error);
      } else {
        // One of them cannot be stored. Nothing of a refused statement is, so none of them is stored twice.
        for (const one of batch) await this.#send([one]);
      }
      return;
    }
    onEnqueued(batch.map(({ job }) => job));
    for (const [index, { resolve }] of batch.entries()) resolve(enqueued[index] as Enqueued);
  }
}

/** The server refused what a statement says, and would not have refused it but for that. */
function isAboutData(error: unknown): boolean {
  return (
    error instanceof DatabaseError &&
    (error.code.startsWith("ASHLAR_VALUE_") || error.code.endsWith("_VIOLATION"))
  );
}

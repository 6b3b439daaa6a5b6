import type { JobStore } from "../store/job-store.ts";
import { jobTopic } from "../topics.ts";
import type { WorkerLog } from "./worker-options.ts";

export interface PromoterParts {
  readonly module: string;
  readonly store: JobStore;
  readonly log: WorkerLog;
  readonly ring: (topics: string[]) => void;
  /** Some were due; when the next ones are is to be asked. */
  readonly onPromoted: () => void;
}

const BATCH = 1_000;

/** Makes the jobs of one module available that are due. */
export class Promoter {
  readonly #parts: PromoterParts;
  #loop: Promise<void> | undefined;
  #isPromoting = false;
  #isWanted = false;
  #isStopped = false;

  constructor(parts: PromoterParts) {
    this.#parts = parts;
  }

  promote(): void {
    this.#isWanted = true;
    if (this.#isPromoting || this.#isStopped) return;
    this.#isPromoting = true;
    this.#loop = this.#promoteWhileWanted();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#loop;
  }

  async #promoteWhileWanted(): Promise<void> {
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false;
      await this.#promoteAll();
    }
    this.#isPromoting = false;
  }

  async #promoteAll(): Promise<void> {
    const { module, store, log, ring, onPromoted } = this.#parts;
    let total = 0;
    try {
      for (let count = BATCH; count === BATCH && !this.#isStopped; ) {
        const promoted = await store.promote(BATCH);
        count = promoted.count;
        total += count;
        if (promoted.queues.length > 0) ring(promoted.queues.map((queue) => jobTopic(module, queue)));
      }
    } catch (error) {
      // The next heartbeat finds them due again.
      if (!this.#isStopped) log.warn({ err: error, module }, "Jobs that are due could not be made available");
    }
    // Nothing promoted means that another worker is at it; asking again at once would be a race with it.
    if (total > 0 && !this.#isStopped) onPromoted();
  }
}

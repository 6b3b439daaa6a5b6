import { type Pool, type Statement, statement } from "../../postgres/index.ts";
import type { JobStore } from "../store/job-store.ts";
import { jobTopic } from "../topics.ts";
import type { WorkerLog } from "./worker-options.ts";

export interface RescuerParts {
  readonly pool: Pool;
  readonly role: string;
  /** By module. */
  readonly stores: ReadonlyMap<string, JobStore>;
  readonly log: WorkerLog;
  readonly ring: (topics: string[]) => void;
}

/**
 * A worker that wakes while it is expelled may claim jobs with a statement that began before: longer than any statement
 * may run, the same is done again, for nobody would look for them otherwise.
 */
const AGAIN_AFTER_MS = 20_000;

/** Expels workers that are gone, one after the other. */
export class Rescuer {
  readonly #parts: RescuerParts;
  /** Whether it is the second time. */
  readonly #gone = new Map<number, { readonly isAgain: boolean }>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #loop: Promise<void> | undefined;
  #isExpelling = false;
  #isStopped = false;

  constructor(parts: RescuerParts) {
    this.#parts = parts;
  }

  rescue(gone: readonly number[]): void {
    for (const worker of gone) this.#add(worker, false);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#loop;
  }

  #add(worker: number, isAgain: boolean): void {
    if (this.#isStopped) return;
    this.#gone.set(worker, { isAgain });
    if (this.#isExpelling) return;
    this.#isExpelling = true;
    this.#loop = this.#expelAll();
  }

  async #expelAll(): Promise<void> {
    const { log, ring } = this.#parts;
    for (const [worker, { isAgain }] of this.#gone) {
      this.#gone.delete(worker);
      if (this.#isStopped) break;
      try {
        ring(await this.#expel(worker));
        if (isAgain) continue;
        log.warn({ worker }, "A worker is gone; its jobs were given to others");
        this.#expelAgain(worker);
      } catch (error) {
        // The next heartbeat still finds its row.
        log.warn({ err: error, worker }, "The jobs of a worker that is gone could not be rescued");
      }
    }
    this.#isExpelling = false;
  }

  #expelAgain(worker: number): void {
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#add(worker, true);
    }, AGAIN_AFTER_MS);
    this.#timers.add(timer);
  }

  /**
   * Module by module, and last of all its row: were this process to die in between, that would still be there for the
   * next one to find. Several may do it at once: each job is released by one of them. Returns the topics to ring.
   */
  async #expel(worker: number): Promise<string[]> {
    const { pool, role, stores } = this.#parts;
    const topics: string[] = [];
    for (const [module, store] of stores) {
      const transaction = pool.begin();
      try {
        const settled = await store.expel((text: Statement) => transaction.execute(role, text), worker);
        await transaction.commit();
        topics.push(...settled.wake.map((queue) => jobTopic(module, queue)));
      } catch (error) {
        await transaction.rollback();
        throw error;
      }
    }
    await pool.execute(role, statement`delete from ashlar.workers where id = ${worker}`);
    return topics;
  }
}

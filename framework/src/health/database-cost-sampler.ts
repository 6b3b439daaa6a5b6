import type { Logger } from "pino";
import type { Pool } from "../postgres/index.ts";
import { sampleDatabaseCost } from "./database-cost-sample.ts";

export interface DatabaseCostSamplerParts {
  readonly app: string;
  readonly pool: () => Pool;
  readonly log: Logger;
}

const MINUTE_MS = 60_000;
/** Instances that wake up at once would all find the minute untaken, to no harm but to no use either. */
const SPREAD_MS = 2_000;

/**
 * Notes once a minute what each module cost the database. Every instance has one; whichever comes first does the work.
 * Never fails the app: where the statistics cannot be read it says so in the log, once, and keeps looking.
 */
export class DatabaseCostSampler {
  readonly #parts: DatabaseCostSamplerParts;
  #timer: NodeJS.Timeout | undefined;
  #sampling: Promise<void> = Promise.resolve();
  #isStopped = false;
  #lastWarning = "";

  constructor(parts: DatabaseCostSamplerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#schedule();
  }

  /** A sample under way ends with the pool. What ran since the last one is noted by another, or after the next start. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Never rejects. One after the other. */
  sample(at?: Date): Promise<void> {
    this.#sampling = this.#sampling.then(() => this.#sample(at));
    return this.#sampling;
  }

  /** Soon after each full minute. Keeps no process alive that has nothing else to do. */
  #schedule(): void {
    if (this.#isStopped) return;
    const delay = MINUTE_MS - (Date.now() % MINUTE_MS) + Math.random() * SPREAD_MS;
    this.#timer = setTimeout(() => void this.sample().then(() => this.#schedule()), delay).unref();
  }

  async #sample(at: Date | undefined): Promise<void> {
    const { app, pool } = this.#parts;
    try {
      const sample = await sampleDatabaseCost(pool(), app, at);
      if (sample.outcome === "unavailable") {
        const { reason, remedy } = sample.obstacle;
        this.#warn(reason, { remedy }, `What each module costs the database is not counted: ${reason}`);
      } else if (sample.outcome === "sampled") {
        if (!sample.hasDropped) this.#lastWarning = "";
        else
          this.#warn(
            "dropped",
            { remedy: "alter system set pg_stat_statements.max = 10000; then restart the server." },
            "pg_stat_statements drops statements to make room, so some cost is not counted",
          );
      }
    } catch (error) {
      if (this.#isStopped) return;
      this.#warn(
        "failed",
        { err: error },
        "What each module costs the database cannot be noted; it is tried again",
      );
    }
  }

  /** Not every minute the same. */
  #warn(warning: string, details: object, message: string): void {
    if (this.#lastWarning !== warning) this.#parts.log.warn(details, message);
    this.#lastWarning = warning;
  }
}

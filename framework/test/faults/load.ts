import { setTimeout as delay } from "node:timers/promises";
import type { AnyJob } from "../../src/jobs/index.ts";
import { numberOf } from "./app/definitions.ts";
import type { Ledger } from "./invariants.ts";
import { type Trial, unlessUnavailable } from "./trial.ts";

export interface LoadOptions {
  /** What is enqueued with each turn. */
  readonly turn: () => readonly { readonly job: AnyJob; readonly ms: number }[];
  readonly everyMs: number;
}

/** Jobs that are enqueued turn by turn until it is told to end. */
export class Load {
  /** Those that somebody was told of, by kind. */
  readonly enqueued = new Map<AnyJob, number[]>();
  readonly #trial: Trial;
  readonly #flow: Promise<void>;
  #isOver = false;

  constructor(trial: Trial, options: LoadOptions) {
    this.#trial = trial;
    this.#flow = this.#run(options);
    // Reported by `end`; without this a failure meanwhile would end the process.
    this.#flow.catch(() => {});
  }

  /** Lets the load flow for so long, and until effects have come of it. */
  async flows(ms: number, effects = 20): Promise<void> {
    const count = () => this.#trial.number("select count(*) from mill.effects");
    const before = await count();
    const since = performance.now();
    while (performance.now() - since < ms || (await count()) < before + effects) {
      await Promise.race([delay(40), this.#flow]);
    }
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#flow;
  }

  /** Ids of all that were enqueued. */
  get ids(): number[] {
    return [...this.enqueued.values()].flat();
  }

  of(job: AnyJob): number[] {
    return this.enqueued.get(job) ?? [];
  }

  async #run({ turn, everyMs }: LoadOptions): Promise<void> {
    const since = performance.now();
    for (let turns = 0; !this.#isOver; ) {
      // Those that were held up come together, so that the load does not depend on how fast it is taken.
      const requests: ReturnType<LoadOptions["turn"]>[number][] = [];
      for (; turns * everyMs <= performance.now() - since; turns++) requests.push(...turn());
      if (requests.length > 0) await this.#enqueue(requests);
      await delay(Math.max(0, turns * everyMs - (performance.now() - since)));
    }
  }

  async #enqueue(requests: ReturnType<LoadOptions["turn"]>): Promise<void> {
    const told = await unlessUnavailable(() =>
      this.#trial.app.enqueueAll(requests.map(({ job, ms }) => job.of({ ms }))),
    );
    for (const [index, { id }] of (told ?? []).entries()) {
      const { job } = requests[index]!;
      if (!this.enqueued.has(job)) this.enqueued.set(job, []);
      this.enqueued.get(job)!.push(numberOf(id));
    }
  }
}

/** What the database says of the jobs of `mill`. */
export async function ledgerOf(trial: Trial, enqueued: readonly number[]): Promise<Ledger> {
  return {
    enqueued,
    unfinished: (await trial.rows<{ id: number }>("select id from mill._jobs")).map(({ id }) => id),
    ended: await trial.rows(`
      select id, state, attempt, errors -> -1 ->> 'code' as code from mill._finished_jobs
      union all
      select id, 'dead', attempt, errors -> -1 ->> 'code' from mill._dead_jobs`),
    effects: await trial.rows("select job, attempt from mill.effects"),
  };
}

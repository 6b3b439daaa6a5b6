import type { Pool } from "../../postgres/index.ts";
import type { ModuleJobs } from "../attempt.ts";
import type { JobStore, Settled } from "../store/job-store.ts";
import { jobTopic } from "../topics.ts";
import type { Completer } from "./completer.ts";
import { InFlight } from "./in-flight.ts";
import { Isolation } from "./isolation.ts";
import { type Line, linesOf, release } from "./line.ts";
import type { Settlement } from "./settlement.ts";
import { Slots } from "./slots.ts";
import type { WorkerLog } from "./worker-options.ts";

export interface DispatcherParts {
  readonly pool: Pool;
  readonly role: string;
  readonly modules: readonly ModuleJobs[];
  /** By module. */
  readonly stores: ReadonlyMap<string, JobStore>;
  readonly concurrency: number;
  readonly patienceMs: number;
  readonly log: WorkerLog;
  readonly worker: () => number;
  /** Whether the worker works, and its lease is fresh. */
  readonly mayWork: () => boolean;
  readonly ring: (topics: string[]) => void;
  /** A job of the module becomes due in so many milliseconds. */
  readonly onDueIn: (module: string, ms: number) => void;
  /** Whether the worker can do without notifications of the topic. Resolves when others know. */
  readonly setBusy: (topic: string, isBusy: boolean) => Promise<void>;
}

/** Brings the jobs that are claimed into the instance's slots, and their ends into the database. */
export class Dispatcher {
  readonly inFlight: InFlight;
  readonly #parts: DispatcherParts;
  readonly #slots: Slots;
  readonly #lines: readonly Line[];
  readonly #linesByTopic: ReadonlyMap<string, Line>;
  readonly #completers: readonly Completer[];
  readonly #isolation: Isolation;
  #lost = 0;

  constructor(parts: DispatcherParts) {
    const { log, patienceMs, ring } = parts;
    this.#parts = parts;
    const slots = new Slots(parts.concurrency, parts.modules);
    const inFlight = new InFlight({ slots, log, patienceMs, ring, onEnd: () => this.pump() });
    const isolation = new Isolation({
      inFlight,
      lines: () => this.#lines,
      mayRun: (job) => parts.mayWork() && job.worker === parts.worker(),
      onOver: () => this.lookEverywhere(),
    });
    this.#slots = slots;
    this.inFlight = inFlight;
    this.#isolation = isolation;
    const host = {
      ...parts,
      slots,
      mayClaim: () => parts.mayWork() && isolation.suspect === undefined,
      onJobs: () => this.pump(),
      onSettled: (module: string, settled: Settled, batch: readonly Settlement[]) =>
        this.#settled(module, settled, batch),
      inFlight: (module: string) => this.#idsOf(module),
    };
    this.#lines = parts.modules.flatMap((module) => linesOf(module, host));
    this.#linesByTopic = new Map(this.#lines.map((line) => [line.topic, line]));
    this.#completers = [...new Set(this.#lines.map(({ completer }) => completer))];
  }

  get prefetched(): number {
    return this.#lines.reduce((sum, { fetcher }) => sum + fetcher.prefetched.size, 0);
  }

  get unwritten(): number {
    return this.#completers.reduce((sum, { pending }) => sum + pending, 0);
  }

  /** Jobs that others had been given before their end was written. */
  get lost(): number {
    return this.#lost;
  }

  get queues(): Record<string, { running: number; prefetched: number }> {
    const entries = this.#lines.map(({ module: { module }, queue, fetcher }) => {
      const counts = { running: this.#slots.runningIn(module, queue), prefetched: fetcher.prefetched.size };
      return [`${module}:${queue}`, counts] as const;
    });
    return Object.fromEntries(entries);
  }

  look(topic: string): void {
    this.#linesByTopic.get(topic)?.fetcher.look();
  }

  lookEverywhere(): void {
    for (const { fetcher } of this.#lines) fetcher.look();
  }

  setPaused(module: string, queues: ReadonlySet<string>): void {
    for (const line of this.#lines) {
      if (line.module.module === module) line.fetcher.isPaused = queues.has(line.queue);
    }
  }

  /** Starts what may start, and claims what there is room for. */
  pump(): void {
    while (this.#parts.mayWork() && this.#isolation.suspect === undefined) {
      const line = this.#next();
      if (line === undefined) break;
      const job = line.fetcher.prefetched.take();
      if (this.#isolation.isSuspicious(job)) this.#isolation.begin(line, job);
      else this.inFlight.start(line, job);
    }
    for (const { fetcher } of this.#lines) fetcher.refill();
  }

  /** Gives back what has waited too long for a slot. */
  shed(): void {
    for (const { fetcher } of this.#lines) fetcher.shed();
  }

  cancel(module: string, job: number, reason: string | null): void {
    const text = reason ?? "cancelled";
    this.inFlight.abort(`${module}:${job}`, "cancelled", text);
    for (const line of this.#lines) {
      const waiting = line.module.module === module ? line.fetcher.prefetched.takeById(job) : undefined;
      if (waiting !== undefined) line.completer.add({ kind: "cancel", job: waiting, reason: text });
    }
  }

  releasePrefetched(): void {
    for (const line of this.#lines) release(line, line.fetcher.prefetched.takeAll());
  }

  /** The lease is lost: whatever was held belongs to others. What was claimed after that is given back. */
  forget(): void {
    for (const completer of this.#completers) completer.forget();
    this.inFlight.abortAll("lease_lost", "this process was not heard of for longer than its lease");
    this.releasePrefetched();
  }

  /** Waits until no claim is under way and all ends are written; false when some could not be. */
  async stop(): Promise<boolean> {
    const known = await Promise.all(this.#lines.map(({ fetcher }) => fetcher.stop()));
    const stopCompleters = () => Promise.all(this.#completers.map((completer) => completer.stop()));
    await stopCompleters();
    await this.#isolation.over();
    await stopCompleters();
    return this.unwritten === 0 && known.every((isKnown) => isKnown);
  }

  /** The queue to start a job of: of the module that has used least of its share, then the emptiest. */
  #next(): Line | undefined {
    let best: Line | undefined;
    let bestUsage = Number.POSITIVE_INFINITY;
    let bestFill = Number.POSITIVE_INFINITY;
    for (const line of this.#lines) {
      const { module } = line.module;
      if (line.fetcher.prefetched.size === 0 || !this.#slots.canTake(module, line.queue)) continue;
      const usage = this.#slots.usage(module);
      const fill = this.#slots.runningIn(module, line.queue) / line.concurrency;
      if (usage > bestUsage || (usage === bestUsage && fill >= bestFill)) continue;
      best = line;
      bestUsage = usage;
      bestFill = fill;
    }
    return best;
  }

  #settled(module: string, { lost, wake }: Settled, batch: readonly Settlement[]): void {
    const { log, ring, onDueIn } = this.#parts;
    this.#lost += lost.length;
    if (lost.length > 0) log.debug({ module, jobs: lost }, "These jobs belonged to this worker no longer");
    if (wake.length > 0) ring(wake.map((queue) => jobTopic(module, queue)));
    for (const settlement of batch) {
      if (settlement.kind === "fail") onDueIn(module, settlement.retryAfterMs);
      else if (settlement.kind === "snooze") onDueIn(module, settlement.delayMs);
    }
    for (const { fetcher } of this.#lines) fetcher.refill();
  }

  *#idsOf(module: string): Iterable<number> {
    yield* this.inFlight.idsOf(module);
    const { suspect } = this.#isolation;
    if (suspect?.module === module) yield suspect.id;
  }
}

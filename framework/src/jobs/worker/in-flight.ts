import type { ClaimedJob } from "../attempt.ts";
import type { JobAborted } from "../errors.ts";
import { AttemptRun, type RunOutcome } from "./attempt-run.ts";
import type { Line } from "./line.ts";
import { logEnd, settlementOf } from "./settlement.ts";
import type { Slots } from "./slots.ts";
import type { WorkerLog } from "./worker-options.ts";

export interface InFlightParts {
  readonly slots: Slots;
  readonly patienceMs: number;
  readonly log: WorkerLog;
  readonly ring: (topics: string[]) => void;
  /** A slot is free again. */
  readonly onEnd: () => void;
}

interface Running {
  readonly run: AttemptRun;
  readonly line: Line;
  readonly startedAt: number;
}

/** The attempts under way on this instance. */
export class InFlight {
  readonly counts = { ended: {} as Record<string, number>, abandoned: 0 };
  readonly #parts: InFlightParts;
  readonly #running = new Map<string, Running>();
  readonly #onIdle = new Set<() => void>();

  constructor(parts: InFlightParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Takes a slot, which must be free, until the attempt ends or is given up. */
  start(line: Line, job: ClaimedJob): void {
    this.#parts.slots.take(line.module.module, line.queue);
    const run = new AttemptRun(job, line.module.perform, line.host, {
      patienceMs: this.#parts.patienceMs,
      timeoutMs: line.module.timeoutMs?.(job.kind),
    });
    const running = { run, line, startedAt: performance.now() };
    this.#running.set(run.id, running);
    void run.outcome.then((outcome) => this.#end(running, outcome));
  }

  has(id: string): boolean {
    return this.#running.has(id);
  }

  *idsOf(module: string): Iterable<number> {
    for (const { run } of this.#running.values()) if (run.job.module === module) yield run.job.id;
  }

  abort(id: string, why: JobAborted["why"], detail: string): void {
    this.#running.get(id)?.run.abort(why, detail);
  }

  abortAll(why: JobAborted["why"], detail: string): void {
    for (const { run } of this.#running.values()) run.abort(why, detail);
  }

  /** Takes their jobs from handlers that do not end. */
  giveUpAll(): void {
    for (const { run } of this.#running.values()) run.giveUp();
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.add(resolve));
  }

  #end(running: Running, outcome: RunOutcome): void {
    const { run, line, startedAt } = running;
    this.counts.ended[outcome.kind] = (this.counts.ended[outcome.kind] ?? 0) + 1;
    if (run.isGivenUp) this.counts.abandoned++;
    // After an expulsion the same job may be here a second time.
    if (this.#running.get(run.id) === running) this.#running.delete(run.id);
    this.#parts.slots.give(line.module.module, line.queue);
    line.fetcher.measured(performance.now() - startedAt);
    logEnd(this.#parts.log, run, outcome);
    if (run.topics.length > 0) this.#parts.ring([...run.topics]);
    const settlement = settlementOf(run.job, outcome);
    if (settlement !== undefined) line.completer.add(settlement);
    if (this.#running.size === 0) {
      for (const resolve of this.#onIdle) resolve();
      this.#onIdle.clear();
    }
    this.#parts.onEnd();
  }
}

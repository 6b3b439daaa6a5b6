import type { ClaimedJob } from "../attempt.ts";
import { DEFAULT_TIMEOUT_MS } from "../declaration.ts";
import type { InFlight } from "./in-flight.ts";
import { type Line, release } from "./line.ts";

export interface IsolationParts {
  readonly lines: () => readonly Line[];
  readonly inFlight: InFlight;
  /** Whether the worker still works, and the job is still its own. */
  readonly mayRun: (job: ClaimedJob) => boolean;
  /** Others may run again. */
  readonly onOver: () => void;
}

/** After so many crashes a job is suspected of them. */
const SUSPICIOUS_CRASHES = 2;
/** How long a suspect waits for the process to itself, and how long it is put off when it does not get it. */
const ALONE_WITHIN_MS = DEFAULT_TIMEOUT_MS;
const ALONE_LATER_MS = 60_000;

/**
 * Gives a job that was in flight in several crashes the process to itself: nothing else is held meanwhile, so that a
 * further crash takes nothing with it, and leaves no doubt.
 */
export class Isolation {
  readonly #parts: IsolationParts;
  #suspect: ClaimedJob | undefined;
  #alone: Promise<void> | undefined;

  constructor(parts: IsolationParts) {
    this.#parts = parts;
  }

  /** The job that runs alone or is about to. As long as there is one, no other may be claimed or started. */
  get suspect(): ClaimedJob | undefined {
    return this.#suspect;
  }

  isSuspicious(job: ClaimedJob): boolean {
    return job.crashes >= SUSPICIOUS_CRASHES;
  }

  begin(line: Line, job: ClaimedJob): void {
    this.#suspect = job;
    for (const other of this.#parts.lines()) release(other, other.fetcher.prefetched.takeAll());
    this.#alone = this.#runAlone(line, job).finally(() => {
      this.#suspect = undefined;
      this.#alone = undefined;
      this.#parts.onOver();
    });
  }

  /** Resolves when no job runs alone or is about to. */
  async over(): Promise<void> {
    await this.#alone;
  }

  async #runAlone(line: Line, job: ClaimedJob): Promise<void> {
    const { lines, inFlight, mayRun } = this.#parts;
    await Promise.all(lines().map(({ fetcher }) => fetcher.settled()));
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ALONE_WITHIN_MS);
    });
    await Promise.race([this.#allWritten(), patience]);
    clearTimeout(timer);
    if (!mayRun(job)) release(line, [job]);
    else if (inFlight.size > 0) line.completer.add({ kind: "snooze", job, delayMs: ALONE_LATER_MS });
    else {
      inFlight.start(line, job);
      await this.#allWritten();
    }
  }

  async #allWritten(): Promise<void> {
    await this.#parts.inFlight.idle();
    await Promise.all(this.#parts.lines().map(({ completer }) => completer.written()));
  }
}

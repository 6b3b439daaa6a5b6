import { setTimeout as pause } from "node:timers/promises";
import type { OtlpTarget } from "./otlp-target.ts";
import { type Outcome, postTraces } from "./post-traces.ts";

export interface TraceSenderParts {
  readonly target: OtlpTarget;
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly firstWaitMs: number;
  /** Told of every attempt that failed and will be repeated. */
  readonly onRepeat: (reason: string) => void;
}

const MAX_WAIT_MS = 30_000;
/** A collector may ask for more patience than our own, within reason. */
const MAX_WAIT_ASKED_MS = 300_000;

/** Sends requests to a collector, each as often as it takes within limits. */
export class TraceSender {
  readonly #parts: TraceSenderParts;
  readonly #hurrying = new AbortController();
  readonly #givingUp = new AbortController();

  constructor(parts: TraceSenderParts) {
    this.#parts = parts;
  }

  get hasGivenUp(): boolean {
    return this.#givingUp.signal.aborted;
  }

  /** From now on nothing is waited for, and a request that fails is not repeated. */
  hurry(): void {
    this.#hurrying.abort();
  }

  /** From now on, nothing is sent; a request that is under way is broken off. */
  giveUp(): void {
    this.#givingUp.abort();
  }

  /** Repeats a request until it is taken or refused, or its attempts are used up. Never rejects. */
  async send(body: Uint8Array): Promise<Outcome> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(body);
      if (outcome.kind !== "later") return outcome;
      if (attempt >= this.#parts.attempts || this.#hurrying.signal.aborted) return outcome;
      this.#parts.onRepeat(outcome.reason);
      const waitMs = this.#waitMs(attempt, outcome.afterMs);
      // Rejects when it is cut short, which is as good as its end.
      await pause(waitMs, undefined, { signal: this.#hurrying.signal, ref: false }).catch(() => {});
    }
  }

  #waitMs(attempt: number, askedMs: number | null): number {
    if (askedMs !== null) return Math.min(askedMs, MAX_WAIT_ASKED_MS);
    const waitMs = Math.min(this.#parts.firstWaitMs * 2 ** (attempt - 1), MAX_WAIT_MS);
    // Instances that lost their collector together do not come back to it together.
    return waitMs * (0.5 + Math.random() / 2);
  }

  async #attempt(body: Uint8Array): Promise<Outcome> {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    const timeout = setTimeout(
      () => attempt.abort(new DOMException("", "TimeoutError")),
      this.#parts.timeoutMs,
    );
    this.#givingUp.signal.addEventListener("abort", abort);
    if (this.#givingUp.signal.aborted) abort();
    try {
      return await postTraces(this.#parts.target, body, attempt.signal);
    } finally {
      clearTimeout(timeout);
      this.#givingUp.signal.removeEventListener("abort", abort);
    }
  }
}

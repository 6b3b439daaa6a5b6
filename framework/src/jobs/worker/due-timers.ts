/** Reminds of each name once, at the earliest of the times that were asked for. */
export class DueTimers {
  readonly #onDue: (name: string) => void;
  readonly #timers = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  readonly #horizonMs: number;
  #isStopped = false;

  /** Times beyond the horizon are left out: somebody looks again before. */
  constructor(horizonMs: number, onDue: (name: string) => void) {
    this.#horizonMs = horizonMs;
    this.#onDue = onDue;
  }

  set(name: string, inMs: number): void {
    if (inMs > this.#horizonMs || this.#isStopped) return;
    const at = performance.now() + Math.max(0, inMs);
    const known = this.#timers.get(name);
    if (known !== undefined && known.at <= at) return;
    clearTimeout(known?.timer);
    const ring = () => {
      this.#timers.delete(name);
      this.#onDue(name);
    };
    // Timers of Node may ring a fraction of a millisecond early, and the database would call it too soon.
    const timer = setTimeout(ring, Math.max(0, Math.ceil(inMs) + 1));
    this.#timers.set(name, { at, timer });
  }

  stop(): void {
    this.#isStopped = true;
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

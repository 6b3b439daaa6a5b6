const FIRST_MS = 50;
const LAST_MS = 2_000;

/**
 * How long a loop that failed waits before it tries again: longer each time, up to two seconds, less up
 * to half of it at random so that instances do not come back in step. Nobody has to wait out a pause that is ended.
 */
export class Pause {
  #failures = 0;
  #end: (() => void) | undefined;
  #isEnded = false;

  /** Resolves after the pause, or at once when `end` is called. */
  wait(): Promise<void> {
    if (this.#isEnded) return Promise.resolve();
    const longest = Math.min(LAST_MS, FIRST_MS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 16);
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#end = undefined;
        resolve();
      };
      const timer = setTimeout(done, longest * (0.5 + Math.random() / 2));
      this.#end = done;
    });
  }

  /** The next failure is the first again. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** No further pauses. */
  end(): void {
    this.#isEnded = true;
    this.#end?.();
  }
}

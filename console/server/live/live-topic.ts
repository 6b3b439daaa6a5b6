import type { LiveTopic } from "../../api/live.ts";

/** The more a reading takes, the less often it is made: this much of the time at most goes into it ... */
const SHARE = 1 / 200;
/** ... unless it would come less often than this many intervals. */
const MOST_INTERVALS = 3;

export type Listener = (topic: LiveTopic, text: string) => void;

/**
 * One topic of the live stream: computed every so often while somebody listens, once for all of them. Who begins to
 * listen gets the last answer at once, if it is not old.
 */
export class LiveTopicSource {
  readonly #topic: LiveTopic;
  readonly #intervalMs: number;
  readonly #read: () => Promise<string>;
  readonly #listeners = new Set<Listener>();
  #timer: NodeJS.Timeout | null = null;
  #isReading = false;
  #last: { readonly text: string; readonly at: number } | null = null;

  constructor(topic: LiveTopic, intervalMs: number, read: () => Promise<string>) {
    this.#topic = topic;
    this.#intervalMs = intervalMs;
    this.#read = read;
  }

  listen(listener: Listener): void {
    this.#listeners.add(listener);
    if (this.#last !== null && performance.now() - this.#last.at < (MOST_INTERVALS + 1) * this.#intervalMs) {
      listener(this.#topic, this.#last.text);
    }
    if (this.#timer === null && !this.#isReading) void this.#turn();
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0 || this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The next turn begins some time after the end of this one: what takes long does not take all the time. */
  async #turn(): Promise<void> {
    this.#timer = null;
    this.#isReading = true;
    const begunAt = performance.now();
    try {
      const text = await this.#read();
      this.#last = { text, at: performance.now() };
      for (const listener of [...this.#listeners]) listener(this.#topic, text);
    } catch {
      // Nothing is known yet, and the page asks by itself and shows why.
    } finally {
      this.#isReading = false;
    }
    if (this.#listeners.size === 0) return;
    const pauseMs = Math.min((performance.now() - begunAt) / SHARE, MOST_INTERVALS * this.#intervalMs);
    this.#timer = setTimeout(() => void this.#turn(), Math.max(this.#intervalMs, pauseMs));
  }
}

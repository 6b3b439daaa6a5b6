import type { LiveTopic } from "../../api/live.ts";

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
    if (this.#last !== null && performance.now() - this.#last.at < 2 * this.#intervalMs) {
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
    try {
      const text = await this.#read();
      this.#last = { text, at: performance.now() };
      for (const listener of [...this.#listeners]) listener(this.#topic, text);
    } catch {
      // Nothing is known yet, and the page asks by itself and shows why.
    } finally {
      this.#isReading = false;
    }
    if (this.#listeners.size > 0) this.#timer = setTimeout(() => void this.#turn(), this.#intervalMs);
  }
}

import { randomBytes } from "node:crypto";
import type { Pool } from "../../postgres/index.ts";

/** The one channel of all apps' wakes in a database. */
export const WAKE_CHANNEL = "ashlar_jobs";

const THROTTLE_MS = 2;
/** A notification takes less than 8,000 bytes. */
const MAX_PAYLOAD_BYTES = 7_500;
const SEPARATOR = " ";

/**
 * Tells whoever waits for work that there is some. Listeners of this process hear it at once; other processes by one
 * notification for all that rang within 2 ms, and only if a worker of theirs waits for one of those topics.
 *
 * Ring after the commit: NOTIFY inside a writing transaction would hold a lock of the whole server while that commits.
 * A wake that gets lost costs time, not work, since workers look by themselves too.
 *
 * Topics: `jobs:<module>:<queue>`, `due:<module>` (something is to be done soon), `outbox:<module>`,
 * `cancel:<module>:<id>`.
 */
export class Wake {
  readonly #pool: Pool;
  readonly #role: string;
  /** Marks this process's notifications, which it need not hear itself. Without a colon, unlike a topic. */
  readonly #source = randomBytes(6).toString("hex");
  readonly #listeners = new Set<(topic: string) => void>();
  readonly #ownWorkers = new Set<number>();
  readonly #topics = new Set<string>();
  #lastSentAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isStopped = false;

  /** `role` is the worker role, which may see who sleeps. */
  constructor(parts: { readonly pool: Pool; readonly role: string }) {
    this.#pool = parts.pool;
    this.#role = parts.role;
  }

  ring(topics: Iterable<string>): void {
    for (const topic of topics) {
      for (const listener of this.#listeners) listener(topic);
      this.#topics.add(topic);
    }
    this.#sendSoon();
  }

  /** Hears every topic, rung here or elsewhere. */
  subscribe(listener: (topic: string) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** A worker of this process needs no notification; whether it sleeps is not asked. Returns how to take it back. */
  leaveOut(worker: number): () => void {
    this.#ownWorkers.add(worker);
    return () => {
      this.#ownWorkers.delete(worker);
    };
  }

  /** Passes on what another process, or a trigger, has sent through the channel. */
  receive(payload: string): void {
    const [source, ...rest] = payload.split(SEPARATOR);
    if (source === this.#source) return;
    const topics = source?.includes(":") === true ? [source, ...rest] : rest;
    for (const topic of topics) for (const listener of this.#listeners) listener(topic);
  }

  /** Sends what was rung and waits for that. May be called again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#sending;
    if (this.#topics.size > 0) await this.#send();
    this.#listeners.clear();
  }

  #sendSoon(): void {
    if (
      this.#topics.size === 0 ||
      this.#timer !== undefined ||
      this.#sending !== undefined ||
      this.#isStopped
    )
      return;
    const waitMs = this.#lastSentAt + THROTTLE_MS - performance.now();
    if (waitMs <= 0) {
      this.#sendNow();
      return;
    }
    this.#timer = setTimeout(() => this.#sendNow(), waitMs);
  }

  #sendNow(): void {
    this.#timer = undefined;
    this.#sending = this.#send().finally(() => {
      this.#sending = undefined;
      this.#sendSoon();
    });
  }

  async #send(): Promise<void> {
    const topics = [...this.#topics];
    const payloads = payloadsOf(this.#source, topics);
    this.#topics.clear();
    this.#lastSentAt = performance.now();
    try {
      await this.#pool.execute(this.#role, {
        text: `select pg_notify('${WAKE_CHANNEL}', payload) from unnest($1::text[]) as p (payload)
          where exists (select from ashlar.workers
            where is_sleeping and id <> all ($2::integer[]) and not ($3::text[] <@ busy))`,
        values: [payloads, [...this.#ownWorkers], topics],
      });
    } catch {
      // Not written down anywhere: sleepers look every second by themselves, and the loops that work with the
      // database report that it is away.
    }
  }
}

function payloadsOf(source: string, topics: Iterable<string>): string[] {
  const payloads: string[] = [];
  let payload = source;
  for (const topic of topics) {
    if (payload.length + topic.length >= MAX_PAYLOAD_BYTES) {
      payloads.push(payload);
      payload = source;
    }
    payload += SEPARATOR + topic;
  }
  payloads.push(payload);
  return payloads;
}

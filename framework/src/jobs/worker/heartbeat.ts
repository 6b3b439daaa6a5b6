import type { Pool, Statement } from "../../postgres/index.ts";
import type { Listener } from "./listener.ts";
import { Pause } from "./pause.ts";
import { readTick, type TickAnswer, type TickQuestion, type TickStatement } from "./tick-statement.ts";
import type { WorkerLog } from "./worker-options.ts";

export interface HeartbeatParts {
  readonly pool: Pool;
  readonly role: string;
  /** Undefined in poll-only mode. */
  readonly listener: Listener | undefined;
  readonly statement: TickStatement;
  readonly everyMs: number;
  readonly log: WorkerLog;
  readonly question: () => TickQuestion;
  /** Never rejects. The next beat waits for it. */
  readonly onTick: (answer: TickAnswer) => Promise<void>;
}

/**
 * Beats the worker's heart at a steady pace, over the listener's connection or, when that is away, over the pool. After
 * a failure it tries again sooner than it would beat.
 */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  readonly #pause = new Pause();
  #beatenAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #isBeating = false;
  #isWanted = false;
  #isStopped = false;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  /** Since the last heartbeat that succeeded was sent. What the database counts is at most this. */
  get ageMs(): number {
    return performance.now() - this.#beatenAt;
  }

  /** The worker has just written its row anew. */
  begin(): void {
    this.#beatenAt = performance.now();
  }

  /** Beats now; with one under way, once more after it. Resolves when that is done. Never rejects. */
  async beat(): Promise<void> {
    this.#isWanted = true;
    if (!this.#isBeating) {
      this.#isBeating = true;
      this.#beating = this.#beatWhileWanted();
    }
    await this.#beating;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#pause.end();
    await this.#beating;
  }

  async #beatWhileWanted(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false;
      const sentAt = performance.now();
      try {
        const answer = await this.#ask();
        if (answer.isKnown) this.#beatenAt = sentAt;
        this.#pause.succeeded();
        if (!this.#isStopped) await this.#parts.onTick(answer);
      } catch (error) {
        if (this.#isStopped) break;
        this.#parts.log.warn({ err: error }, "The worker's heartbeat failed");
        await this.#pause.wait();
        this.#isWanted = true;
      }
    }
    this.#isBeating = false;
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.beat(), this.#parts.everyMs);
  }

  async #ask(): Promise<TickAnswer> {
    const { statement, question, listener } = this.#parts;
    const asked = question();
    if (listener?.isConnected) {
      if (!listener.holdsLock) await listener.lockFor(asked.worker);
      try {
        return readTick(await listener.query(statement.ask(question()), "ashlar tick"));
      } catch (error) {
        this.#parts.log.debug({ err: error }, "The heartbeat goes over the pool");
      }
    }
    try {
      return readTick(await this.#overPool(statement.ask(question())));
    } catch (error) {
      if ((error as { retryable?: boolean }).retryable === true) throw error;
      const answer = readTick(await this.#overPool(statement.beatOnly(question())));
      this.#parts.log.error({ err: error }, "The worker cannot ask what there is to do; its heart beats on");
      return answer;
    }
  }

  async #overPool(statement: Statement): Promise<Record<string, unknown>[]> {
    return (await this.#parts.pool.execute(this.#parts.role, statement)).rows;
  }
}

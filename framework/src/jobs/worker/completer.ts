import { DatabaseError } from "../../postgres/index.ts";
import { defaultBackoff } from "../backoff.ts";
import type { JobStore, Settled } from "../store/job-store.ts";
import { Pause } from "./pause.ts";
import { type Settlement, writeSettlements } from "./settlement.ts";
import type { WorkerLog } from "./worker-options.ts";

type Kind = Settlement["kind"];

const MAX_BATCH = 1_000;
const KINDS: readonly Kind[] = ["complete", "fail", "bury", "snooze", "cancel", "release"];

/**
 * Writes how the attempts of one module ended. A batch leaves when the one before it has returned: alone and at once
 * when little happens, up to a thousand together when much does. What cannot be written because the database is away
 * is kept and tried again, until it is written or the worker has lost its lease.
 */
export class Completer {
  readonly #store: JobStore;
  readonly #log: WorkerLog;
  readonly #onSettled: (settled: Settled, batch: readonly Settlement[]) => void;
  readonly #waiting = new Map<Kind, Settlement[]>(KINDS.map((kind) => [kind, []]));
  readonly #pause = new Pause();
  #pending = 0;
  /** Grows when all is forgotten, so that a batch on its way then is not put back. */
  #generation = 0;
  #underWay: readonly Settlement[] = [];
  #loop: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: {
    readonly store: JobStore;
    readonly log: WorkerLog;
    readonly onSettled: (settled: Settled, batch: readonly Settlement[]) => void;
  }) {
    this.#store = parts.store;
    this.#log = parts.log;
    this.#onSettled = parts.onSettled;
  }

  /** Ends of attempts that are not written yet. */
  get pending(): number {
    return this.#pending;
  }

  add(settlement: Settlement): void {
    this.#waiting.get(settlement.kind)!.push(settlement);
    this.#pending++;
    this.#loop ??= this.#writeAll();
  }

  /** The ids of jobs whose end is not written yet. */
  *pendingIds(): Iterable<number> {
    for (const { job } of this.#underWay) yield job.id;
    for (const settlements of this.#waiting.values()) for (const { job } of settlements) yield job.id;
  }

  /** Resolves when all that was added is written, forgotten, or left for good. */
  async written(): Promise<void> {
    while (this.#loop !== undefined) await this.#loop;
  }

  /** The jobs belong to somebody else now. */
  forget(): void {
    this.#generation++;
    for (const settlements of this.#waiting.values()) settlements.length = 0;
    this.#pending = 0;
  }

  /** Makes a last attempt at what is left, then leaves it to the rescue by others. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#pause.end();
    await this.written();
  }

  async #writeAll(): Promise<void> {
    // What ends in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      let isStuck = false;
      for (const kind of KINDS) {
        const batch = this.#nextBatch(kind);
        if (batch.length > 0 && !(await this.#write(kind, batch))) isStuck = true;
        if (isStuck && this.#isStopped) break;
      }
      if (this.#pending === 0) break;
      if (!isStuck) continue;
      if (this.#isStopped) {
        this.#log.error(
          { jobs: this.#pending },
          "The ends of these jobs could not be written; they will be run again",
        );
        break;
      }
      await this.#pause.wait();
    }
    this.#loop = undefined;
  }

  /** A statement speaks for one worker; after an expulsion there may be jobs of the one before. */
  #nextBatch(kind: Kind): Settlement[] {
    const waiting = this.#waiting.get(kind)!;
    const worker = waiting[0]?.job.worker;
    let length = 0;
    while (length < waiting.length && length < MAX_BATCH && waiting[length]!.job.worker === worker) length++;
    return length === waiting.length ? waiting.splice(0) : waiting.splice(0, length);
  }

  /** Whether something became of the batch; if not it waits again. */
  async #write(kind: Kind, batch: Settlement[]): Promise<boolean> {
    const generation = this.#generation;
    this.#underWay = batch;
    try {
      const settled = await writeSettlements(this.#store, batch);
      if (generation === this.#generation) this.#pending -= batch.length;
      this.#pause.succeeded();
      this.#onSettled(settled, batch);
      return true;
    } catch (error) {
      if (generation !== this.#generation) return true;
      if (isAboutData(error)) return await this.#writeOneByOne(kind, batch, error);
      this.#log.warn(
        { err: error, kind, jobs: batch.length },
        "The ends of jobs could not be written; they are kept",
      );
      this.#waiting.get(kind)!.unshift(...batch);
      return false;
    } finally {
      this.#underWay = [];
    }
  }

  /** One of them cannot be stored as it is, and the others must not suffer for it. */
  async #writeOneByOne(kind: Kind, batch: Settlement[], error: unknown): Promise<boolean> {
    if (batch.length > 1) {
      const generation = this.#generation;
      let isDone = true;
      for (const settlement of batch) {
        if (generation !== this.#generation) return true;
        if (!(await this.#write(kind, [settlement]))) isDone = false;
      }
      return isDone;
    }
    const settlement = batch[0]!;
    const { code = "ASHLAR_JOB_OUTPUT_INVALID", message } = error as Partial<DatabaseError>;
    this.#log.error({ err: error, kind, job: settlement.job.id }, "The end of a job could not be stored");
    if (kind !== "complete") {
      this.#waiting.get(kind)!.unshift(settlement);
      return false;
    }
    const { job } = settlement;
    this.#waiting.get("fail")!.push({
      kind: "fail",
      job,
      code,
      message: `The job's output could not be stored: ${message}`,
      retryAfterMs: defaultBackoff(job.attempt),
    });
    return true;
  }
}

/** Refused for what it says, so that the same again would be refused again. */
function isAboutData(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true;
  return error.code.startsWith("ASHLAR_VALUE_") || error.code.endsWith("_VIOLATION");
}

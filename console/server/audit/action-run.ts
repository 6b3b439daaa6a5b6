import { OperationError } from "ashlar/contract";
import { Refusal } from "ashlar/http";
import { JobError } from "ashlar/jobs";
import { DatabaseError } from "ashlar/postgres";
import type { ActOutcome } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import type { ActionLog, BegunAction } from "./action-log.ts";

/** An action that is in the log and has been begun. */
export interface ActionRun {
  readonly id: string;
  /** Rejects with what the action threw. */
  readonly outcome: Promise<ActOutcome>;
}

type Act = (tools: { readonly signal: AbortSignal; progress(done: number): void }) => Promise<ActOutcome>;

const RENEW_MS = 2_000;
/** The end of an action that cannot be written is tried again: without it, the log says that it was cut off. */
const TRIES = 30;
/** How long an action that is told to stop may take to do so. */
const STOP_MS = 5_000;

/** Carries actions out: in the log first, then done, then their outcome. They go on when nobody waits any longer. */
export class ActionRuns {
  readonly #log: ActionLog;
  readonly #logger: Ground["log"];
  readonly #renewMs: number;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(log: ActionLog, logger: Ground["log"], renewMs = RENEW_MS) {
    this.#log = log;
    this.#logger = logger;
    this.#renewMs = renewMs;
  }

  /** Rejects when it cannot be written to the log; then nothing is done. */
  async begin(about: BegunAction, deadline: number, act: Act): Promise<ActionRun> {
    if (this.#stopping.signal.aborted) throw new Refusal("NOT_READY");
    const id = await this.#log.begin(about, deadline);
    this.#logger.info({ actor: about.actor, action: about.action, id, reason: about.reason }, "action begun");
    const { promise: outcome, resolve, reject } = Promise.withResolvers<ActOutcome>();
    // Whoever waited may have gone.
    outcome.catch(() => {});
    const running = this.#carryOut(id, about.action, act).then(resolve, reject);
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
    return { id, outcome };
  }

  /** Tells all actions to stop and waits until their rows say so, for some seconds. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#running.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, STOP_MS);
    await Promise.race([Promise.all(this.#running), promise]);
    clearTimeout(timer);
  }

  async #carryOut(id: string, action: string, act: Act): Promise<ActOutcome> {
    const { signal } = this.#stopping;
    let done = 0;
    let renewing: Promise<void> = Promise.resolve();
    const renew = setInterval(() => {
      renewing = this.#log.renew(id, done).catch(() => {});
    }, this.#renewMs);
    const progress = (count: number) => {
      done = count;
    };
    try {
      const outcome = await act({ signal, progress });
      clearInterval(renew);
      await renewing;
      done = Math.max(done, outcome.count);
      await this.#finish(id, done, outcome);
      return outcome;
    } catch (error) {
      clearInterval(renew);
      await renewing;
      if (!signal.aborted) this.#logger.warn({ action, id, err: error }, "action failed");
      await this.#finish(id, done, { error: signal.aborted ? STOPPED : reasonOf(error) });
      throw error;
    } finally {
      clearInterval(renew);
    }
  }

  /** Never rejects: what was done was done. */
  async #finish(id: string, done: number, end: ActOutcome | { readonly error: string }): Promise<void> {
    for (let left = TRIES; left > 0; left--) {
      try {
        return await this.#log.finish(id, done, end);
      } catch (error) {
        if (left === 1 || this.#stopping.signal.aborted) {
          this.#logger.error(
            { id, end, err: error },
            "the end of an action could not be written to the audit",
          );
          return;
        }
        await pause(this.#renewMs, this.#stopping.signal);
      }
    }
  }
}

const STOPPED = "The instance was stopped while it was under way; what was done until then stays done";

/** For the audit. Names neither values nor places in the code. */
function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return sentence(error.problem.detail ?? error.problem.title);
  if (error instanceof DatabaseError || error instanceof OperationError || error instanceof JobError)
    return sentence(error.message);
  return "It failed; the log of the instance says why";
}

function sentence(text: string): string {
  return text.replace(/\.$/, "");
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}

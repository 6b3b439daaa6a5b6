import { AsyncLocalStorage } from "node:async_hooks";
import { workerRole } from "../../postgres/index.ts";
import { jobTopic } from "../topics.ts";
import { Chores } from "./chores.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Listener } from "./listener.ts";
import { type TickAnswer, TickStatement } from "./tick-statement.ts";
import { WORKER_DEFAULTS, type WorkerOptions, type WorkerState, type WorkerStats } from "./worker-options.ts";
import type { WorkerParts } from "./worker-parts.ts";
import { WorkerRow } from "./worker-row.ts";

/** Without a beat for this part of the lease the worker takes no more jobs: it may be expelled before they end. */
const DOUBTFUL_LEASE = 2 / 3;

/**
 * Works on the jobs of all modules of one instance.
 *
 *     starting ──registered──▶ working ──stop()──▶ draining ──stopMs pass, or stop() again──▶ aborting
 *                                                     │ nothing runs                            │ nothing runs, abortMs
 *                                                     ▼                                         ▼ pass, or stop() again
 *                                                  stopped ◀──what still runs is released───────┘
 *
 * draining: nothing is claimed, and what was not started is given back. aborting: handlers are told to stop; those
 * that do not are given up and their jobs released, without counting the attempt. When the heartbeat finds that the
 * worker was expelled, it aborts and forgets all it holds and goes on working under a new id.
 */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #options: Required<WorkerOptions>;
  readonly #role: string;
  readonly #dispatcher: Dispatcher;
  readonly #heartbeat: Heartbeat;
  readonly #listener: Listener | undefined;
  readonly #chores: Chores;
  readonly #hurry = Promise.withResolvers<void>();
  #row: WorkerRow | undefined;
  #state: WorkerState = "starting";
  #expulsions = 0;
  #unsubscribe: (() => void) | undefined;
  #noOwnNotices: (() => void) | undefined;
  #stopping: Promise<void> | undefined;

  /** Resolves when it is registered and has looked for jobs once. Rejects when the database cannot be reached. */
  static async start(parts: WorkerParts): Promise<Worker> {
    const worker = new Worker(parts);
    await worker.#start();
    return worker;
  }

  private constructor(parts: WorkerParts) {
    const { app, pool, log, modules, stores, wake, tasks } = parts;
    this.#parts = parts;
    this.#options = { ...WORKER_DEFAULTS, ...parts.options };
    this.#role = workerRole(app);
    const { pollOnly, pollMs, concurrency, patienceMs } = this.#options;
    const ring = (topics: string[]) => wake.ring(topics);
    this.#chores = new Chores({
      ...{ pool, role: this.#role, stores, tasks, log, pollMs, ring },
      ask: () => void this.#heartbeat.beat(),
    });
    this.#dispatcher = new Dispatcher({
      ...{ pool, role: this.#role, modules, stores, concurrency, patienceMs, log, ring },
      worker: () => this.#row?.id ?? 0,
      mayWork: () =>
        this.#state === "working" && this.#heartbeat.ageMs < this.#options.leaseMs * DOUBTFUL_LEASE,
      onDueIn: (module, ms) => this.#chores.setDue(module, ms),
      setBusy: async (topic, isBusy) => {
        if (!pollOnly) await this.#row?.setBusy(topic, isBusy);
      },
    });
    this.#listener = pollOnly ? undefined : this.#makeListener();
    const queuesOf = modules.map(({ module, queues }) => ({ module, queues: Object.keys(queues) }));
    this.#heartbeat = new Heartbeat({
      ...{ pool, role: this.#role, listener: this.#listener, everyMs: pollMs, log },
      statement: new TickStatement(queuesOf, tasks, { withLocks: !pollOnly }),
      question: () => ({
        worker: this.#row?.id ?? 0,
        leaseMs: this.#options.leaseMs,
        holdsLock: this.#listener?.holdsLock ?? false,
      }),
      onTick: (answer) => this.#tick(answer),
    });
  }

  /**
   * Stops claiming, lets jobs run for `stopMs`, aborts the rest, releases what does not end within `abortMs`, and
   * leaves. Called again, it aborts and releases at once. Never rejects.
   */
  stop(): Promise<void> {
    if (this.#stopping === undefined) this.#stopping = this.#stop();
    else this.#hurry.resolve();
    return this.#stopping;
  }

  stats(): WorkerStats {
    const { inFlight, prefetched, unwritten, queues, lost } = this.#dispatcher;
    return {
      state: this.#state,
      worker: this.#row?.id ?? 0,
      running: inFlight.size,
      ...{ prefetched, unwritten, queues, lost },
      ended: { ...inFlight.counts.ended },
      abandoned: inFlight.counts.abandoned,
      expulsions: this.#expulsions,
    };
  }

  async #start(): Promise<void> {
    await this.#register();
    await this.#listener?.start();
    // A ring comes out of somebody's request, whose context must not become that of the jobs it starts.
    const inContextOfWorker = AsyncLocalStorage.snapshot();
    this.#unsubscribe = this.#parts.wake.subscribe((topic) => inContextOfWorker(() => this.#wakeUp(topic)));
    this.#state = "working";
    await this.#heartbeat.beat();
    this.#dispatcher.lookEverywhere();
    this.#chores.start();
  }

  async #register(): Promise<void> {
    this.#row = await WorkerRow.register(this.#parts.pool, this.#role, !this.#options.pollOnly);
    this.#heartbeat.begin();
    this.#noOwnNotices?.();
    this.#noOwnNotices = this.#parts.wake.leaveOut(this.#row.id);
  }

  #makeListener(): Listener {
    const { app, address, log, wake } = this.#parts;
    return new Listener({
      ...{ app, address, log, role: this.#role },
      onWake: (payload) => wake.receive(payload),
      onListening: () => {
        if (this.#state === "working") void this.#heartbeat.beat();
      },
    });
  }

  #wakeUp(topic: string): void {
    const [what, name = ""] = topic.split(":", 2);
    if (what === "jobs") this.#dispatcher.look(topic);
    else if (what === "due" && this.#parts.stores.has(name)) void this.#heartbeat.beat();
    else if (what === "cancel" && this.#dispatcher.inFlight.has(topic.slice(what.length + 1)))
      void this.#heartbeat.beat();
    else this.#chores.wakeUp(topic);
  }

  async #tick(answer: TickAnswer): Promise<void> {
    if (!answer.isKnown) await this.#beginAnew();
    for (const [module, { ready, paused, cancellations }] of answer.modules) {
      for (const { job, reason } of cancellations) this.#dispatcher.cancel(module, job, reason);
      this.#dispatcher.setPaused(module, new Set(paused));
      if (this.#state === "working")
        for (const queue of ready) this.#dispatcher.look(jobTopic(module, queue));
    }
    if (this.#state !== "working") return;
    this.#chores.tick(answer);
    this.#dispatcher.shed();
    this.#dispatcher.pump();
  }

  /** Expelled: this process was not heard of for too long, and its jobs are with others. */
  async #beginAnew(): Promise<void> {
    const before = this.#row?.id;
    this.#dispatcher.forget();
    if (this.#state !== "working") return;
    await this.#register();
    this.#expulsions++;
    this.#parts.log.error(
      { before, worker: this.#row?.id },
      "The worker was expelled and goes on under a new id",
    );
    this.#dispatcher.lookEverywhere();
  }

  async #stop(): Promise<void> {
    const { stopMs, abortMs } = this.#options;
    const dispatcher = this.#dispatcher;
    this.#state = "draining";
    this.#unsubscribe?.();
    dispatcher.releasePrefetched();
    const chores = this.#chores.stop();
    await this.#idleWithin(stopMs);
    const { inFlight } = dispatcher;
    if (inFlight.size > 0) {
      this.#state = "aborting";
      inFlight.abortAll("shutdown", "the worker is stopped");
      await this.#idleWithin(abortMs);
      inFlight.giveUpAll();
      await inFlight.idle();
    }
    const isClean = await dispatcher.stop();
    await Promise.race([chores, this.#hurry.promise]);
    await this.#heartbeat.stop();
    await this.#leave(isClean);
    await this.#listener?.stop();
    this.#noOwnNotices?.();
    this.#state = "stopped";
  }

  /** With something left unwritten the row stays, and with it the hint that there are jobs to rescue. */
  async #leave(isClean: boolean): Promise<void> {
    try {
      if (isClean) await this.#row?.remove();
    } catch (error) {
      this.#parts.log.warn({ err: error }, "The worker could not sign off; others will find it gone");
    }
  }

  async #idleWithin(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    // Even in a hurry, handlers that end as soon as they hear the signal get to do so.
    const isHurried = this.#hurry.promise.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
    await Promise.race([this.#dispatcher.inFlight.idle(), isLate, isHurried]);
    clearTimeout(timer);
  }
}

import type { Logger } from "pino";
import { isEvent, membersOf } from "../contract/index.ts";
import {
  EventTooNewError,
  eventRetentionTask,
  inboxHolds,
  inboxStatement,
  openDelivery,
  relayTask,
  type Subscription,
  subscriberKind,
  syncSubscriptions,
} from "../events/index.ts";
import {
  createQueuePool,
  DEFAULT_CONCURRENCY,
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_QUEUE,
  type DrainedJob,
  drain,
  Enqueuer,
  gateKey,
  type JobGates,
  JobStore,
  jobHousekeeping,
  type ModuleJobs,
  type QueuePolicy,
  scheduleTask,
  syncSchedules,
  topicsOf,
  Wake,
  Worker,
  type WorkerOptions,
} from "../jobs/index.ts";
import { type Pool, rolesOf, workerRole } from "../postgres/index.ts";
import type { SpanRing } from "../telemetry/index.ts";
import type { Module } from "./definition.ts";
import type { SubscriberHandler } from "./job.ts";
import type { ObservedEdges } from "./observed-edges.ts";
import type { Received } from "./observer.ts";
import { ownStatement } from "./own-statement.ts";
import { type BoundJob, JobPerformer, openerOf, Snoozed } from "./perform.ts";
import type { ModuleTools } from "./run.ts";

export interface WorkOptions extends WorkerOptions {
  /** Share of the instance's slots by module when all of them are busy; 1 unless given. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Days that finished jobs are kept. Default 7. */
  readonly finishedJobsDays?: number;
  /** Days that events and the record of their receipt are kept; what is replayed must be within. Default 30. */
  readonly eventsDays?: number;
}

export interface BackgroundParts {
  readonly app: string;
  readonly modules: readonly Module[];
  readonly tools: ReadonlyMap<string, ModuleTools>;
  readonly pool: () => Pool;
  readonly spans: SpanRing;
  readonly log: Logger;
  readonly newTraceId: () => string;
  /** What stands in for the database's clock in decisions about when; null leaves them to it. */
  readonly clock: () => Date | null;
  readonly edges: ObservedEdges;
  readonly received?: Received | undefined;
  /** Hears of the pool of the queues when it is opened. */
  readonly onQueuePool: (pool: Pool) => void;
}

const TOO_NEW_DELAY_MS = 30_000;

/**
 * The background work of an app: queues, schedules, outboxes. Opens its connections with the first thing that needs
 * one, so that a process that only serves requests holds none.
 */
export class Background {
  readonly #parts: BackgroundParts;
  readonly #performers = new Map<string, JobPerformer>();
  readonly #stores = new Map<string, JobStore>();
  readonly #enqueuers = new Map<string, Enqueuer>();
  readonly #workers = new Set<Worker>();
  #queuePool: Pool | null = null;
  #wake: Wake | null = null;

  constructor(parts: BackgroundParts) {
    this.#parts = parts;
    const { pool, spans, newTraceId } = parts;
    for (const module of parts.modules) {
      this.#performers.set(
        module.name,
        new JobPerformer({
          module: module.name,
          kinds: this.#kindsOf(module),
          pool,
          spans,
          newTraceId,
          ring: (topics) => this.ring(topics),
        }),
      );
    }
  }

  store(module: string): JobStore {
    let store = this.#stores.get(module);
    if (store === undefined) {
      const { app, clock } = this.#parts;
      store = new JobStore({
        app,
        module,
        pool: this.queuePool,
        clock,
        gates: gatesOf(this.#module(module)),
      });
      this.#stores.set(module, store);
    }
    return store;
  }

  enqueuer(module: string): Enqueuer {
    let enqueuer = this.#enqueuers.get(module);
    if (enqueuer === undefined) {
      const { app } = rolesOf(this.#parts.app, module);
      enqueuer = new Enqueuer({
        store: this.store(module),
        execute: (statement) => this.queuePool.execute(app, statement),
        onEnqueued: (jobs) => this.ring(topicsOf(module, jobs)),
      });
      this.#enqueuers.set(module, enqueuer);
    }
    return enqueuer;
  }

  ring(topics: readonly string[]): void {
    this.wake.ring(topics);
  }

  get wake(): Wake {
    this.#wake ??= new Wake({ pool: this.queuePool, role: workerRole(this.#parts.app) });
    return this.#wake;
  }

  /** Apart from the pool of the requests: neither can take the other's connections away. */
  get queuePool(): Pool {
    if (this.#queuePool === null) {
      const { app, pool } = this.#parts;
      this.#queuePool = createQueuePool(pool().address, { app, strictGate: pool().isStrict });
      this.#parts.onQueuePool(this.#queuePool);
    }
    return this.#queuePool;
  }

  /** Starts a worker on the jobs, schedules and outboxes of all modules. */
  async work(options: WorkOptions): Promise<Worker> {
    const { app, log } = this.#parts;
    this.#checkWeights(options.weights ?? {});
    await this.#sync();
    const worker = await Worker.start({
      app,
      pool: this.queuePool,
      address: this.queuePool.address,
      wake: this.wake,
      modules: this.#moduleJobs(options.weights ?? {}),
      stores: this.#allStores(),
      tasks: this.#tasks(options),
      log,
      options,
    });
    this.#workers.add(worker);
    return worker;
  }

  /** Does all that is due now, one after the other, and whatever that brings, until nothing is left. For tests. */
  async drain(): Promise<readonly DrainedJob[]> {
    await this.#sync();
    return await drain({
      pool: this.queuePool,
      role: workerRole(this.#parts.app),
      modules: this.#moduleJobs({}),
      stores: this.#allStores(),
      tasks: this.#tasks({}),
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.stop()));
    await Promise.all([...this.#enqueuers.values()].map((enqueuer) => enqueuer.stop()));
    await this.#wake?.stop();
    await this.#queuePool?.stop();
  }

  /** Tells the database which schedules and subscriptions this release has. */
  async #sync(): Promise<void> {
    const { app, modules, clock } = this.#parts;
    for (const module of modules) {
      await syncSchedules({
        app,
        pool: this.queuePool,
        module: module.name,
        schedules: module.schedules,
        clock,
      });
      await syncSubscriptions({
        app,
        pool: this.queuePool,
        module: module.name,
        subscriptions: subscriptionsOf(module),
      });
    }
  }

  #tasks(options: WorkOptions) {
    const { app, modules, clock } = this.#parts;
    const common = { app, pool: this.queuePool, wake: this.wake, clock };
    const subscriptions = modules.flatMap(subscriptionsOf);
    const names = modules.map(({ name }) => name);
    return [
      ...modules
        .filter(({ schedules }) => schedules.length > 0)
        .map((module) =>
          scheduleTask({
            ...common,
            module: module.name,
            schedules: module.schedules,
            queues: module.queues,
            store: this.store(module.name),
          }),
        ),
      ...modules
        .filter(({ contract }) => membersOf(contract).some(isEvent))
        .map(({ name }) =>
          relayTask({
            ...common,
            publisher: name,
            subscriptions: subscriptions.filter(({ publisher }) => publisher === name),
          }),
        ),
      ...jobHousekeeping({
        stores: this.#allStores(),
        wake: this.wake,
        finishedJobsDays: options.finishedJobsDays ?? 7,
      }),
      eventRetentionTask({ ...common, modules: names, days: options.eventsDays ?? 30 }),
    ];
  }

  #moduleJobs(weights: Readonly<Record<string, number>>): ModuleJobs[] {
    return this.#parts.modules
      .filter(({ jobs, subscribers }) => jobs.length + subscribers.length > 0)
      .map((module) => ({
        module: module.name,
        queues: Object.fromEntries(
          Object.entries(queuesOf(module)).map(([name, { concurrency }]) => [
            name,
            { concurrency: concurrency ?? DEFAULT_CONCURRENCY },
          ]),
        ),
        weight: weights[module.name] ?? 1,
        timeoutMs: timeoutsOf(module),
        perform: this.#performers.get(module.name)!.perform,
      }));
  }

  #checkWeights(weights: Readonly<Record<string, number>>): void {
    for (const [name, weight] of Object.entries(weights)) {
      if (!this.#performers.has(name))
        throw new RangeError(`There is no module ${name} to give a weight to.`);
      if (!(weight > 0 && Number.isFinite(weight))) {
        throw new RangeError(`The weight of ${name} is ${weight}; it must be a number above 0.`);
      }
    }
  }

  #allStores(): ReadonlyMap<string, JobStore> {
    for (const { name } of this.#parts.modules) this.store(name);
    return this.#stores;
  }

  #kindsOf(module: Module): ReadonlyMap<string, BoundJob> {
    const { app, tools, edges, received } = this.#parts;
    const shared = { module: tools.get(module.name)!, role: rolesOf(app, module.name).app };
    return new Map<string, BoundJob>([
      ...module.jobs.map(({ job, run }): [string, BoundJob] => [
        job.name,
        { ...shared, id: job.id, handler: run, policy: job.policy, open: openerOf(job) },
      ]),
      ...module.subscribers.map((subscriber): [string, BoundJob] => [
        subscriberKind(subscriber.policy.name),
        { ...shared, ...boundSubscriber(module.name, subscriber, edges, received) },
      ]),
    ]);
  }

  #module(name: string): Module {
    return this.#parts.modules.find((module) => module.name === name)!;
  }
}

/**
 * A subscriber takes in an event once: its row in `_inbox` is written with the effect, so whoever comes second finds
 * it. Without a transaction there is no "with"; then the row follows the effect, and a crash between the two lets the
 * handler see the event again.
 */
function boundSubscriber(
  module: string,
  { event, policy, run }: SubscriberHandler,
  edges: ObservedEdges,
  received: Received | undefined,
): Omit<BoundJob, "module" | "role"> {
  const id = `${module}.${subscriberKind(policy.name)}`;
  const receipt = (payload: unknown) => {
    const { publisher, id, replay } = payload as { publisher: string; id: number; replay: number };
    return { module, subscriber: policy.name, publisher, eventId: id, replay };
  };
  const isAlone = policy.transaction === "none";
  return {
    id,
    handler: run,
    policy,
    deliveries: edges.counter("delivery", id, event.id),
    open: (payload) => {
      try {
        const delivery = openDelivery(payload, event);
        return received === undefined
          ? delivery
          : { ...delivery, payload: received(delivery.payload, id, event.id) };
      } catch (error) {
        throw error instanceof EventTooNewError ? new Snoozed(TOO_NEW_DELAY_MS) : error;
      }
    },
    begin: async (inRun, payload) => {
      const statement = isAlone ? inboxHolds(receipt(payload)) : inboxStatement(receipt(payload));
      const { rowCount } = await ownStatement(inRun, "inbox", () => inRun.send(statement));
      return isAlone ? rowCount === 0 : rowCount === 1;
    },
    ...(isAlone
      ? {
          end: async (inRun, payload) => {
            await ownStatement(inRun, "inbox", () => inRun.send(inboxStatement(receipt(payload))));
          },
        }
      : {}),
  };
}

export function queuesOf(module: Module): Readonly<Record<string, QueuePolicy>> {
  return { [DEFAULT_QUEUE]: {}, ...module.queues };
}

/** For deliveries, which the relay enqueues without knowing their time-outs. */
function timeoutsOf(module: Module): (kind: string) => number | undefined {
  const timeouts = new Map(
    module.subscribers.map(({ policy }) => [subscriberKind(policy.name), policy.timeoutMs]),
  );
  return (kind) => timeouts.get(kind);
}

/** The limits as the code has them now; stored jobs carry their keys only. */
function gatesOf(module: Module): JobGates {
  const policies = new Map(module.jobs.map(({ job }) => [job.name, job.policy]));
  return {
    limit: (kind, queue) => policies.get(kind)?.limit?.maximum ?? module.queues[queue]?.limit,
    rate: (kind) => policies.get(kind)?.rate,
  };
}

function subscriptionsOf(module: Module): Subscription[] {
  return module.subscribers.map(({ event, policy }) => ({
    subscriber: module.name,
    name: policy.name,
    publisher: event.contract,
    event: event.id,
    queue: policy.queue ?? DEFAULT_QUEUE,
    priority: policy.priority ?? 0,
    maxAttempts: policy.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    inOrder: policy.inOrder ?? false,
    // Deliveries count under the limit of their queue as its other jobs do.
    limitKey:
      module.queues[policy.queue ?? DEFAULT_QUEUE]?.limit === undefined
        ? null
        : gateKey("queue", policy.queue ?? DEFAULT_QUEUE, ""),
  }));
}

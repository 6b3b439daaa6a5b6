import { eventLag, subscriberKind } from "../events/index.ts";
import { queueDepths } from "../jobs/index.ts";
import { type Pool, workerRole } from "../postgres/index.ts";
import { CATALOGUE, type Metrics, ProcessMetrics, type Sample } from "../telemetry/index.ts";
import { queuesOf } from "./background.ts";
import type { Module } from "./definition.ts";

export interface AppMetricsParts {
  readonly app: string;
  readonly modules: readonly Module[];
  readonly release: string | null;
  readonly metrics: Metrics;
}

/** Counts of a queue stop here. */
const MOST_COUNTED = 10_000;
const SCRAPE_LIMIT_MS = 1_000;

/** The metrics of an app that do not come from its spans: its pools, its queues and outboxes, its process. */
export class AppMetrics {
  readonly #parts: AppMetricsParts;
  readonly #names: readonly string[];
  readonly #endings: (() => void)[] = [];
  /** What queues are looked at through: their own pool, or that of the requests while there is no other. */
  #pool: Pool | null = null;

  constructor(parts: AppMetricsParts) {
    this.#parts = parts;
    this.#names = parts.modules.map(({ name }) => name);
  }

  start(pool: Pool): void {
    const { metrics, release } = this.#parts;
    this.#watch("requests", pool);
    this.#pool ??= pool;
    const ofProcess = new ProcessMetrics(metrics, release);
    this.#endings.push(
      () => ofProcess.stop(),
      metrics.source("queues", () => this.#queues(), { limitMs: SCRAPE_LIMIT_MS }),
      metrics.source("events", () => this.#events(), { limitMs: SCRAPE_LIMIT_MS }),
    );
  }

  /** For the pool of the queues, which is opened with the first thing that needs it. */
  readonly onQueuePool = (pool: Pool): void => {
    this.#watch("background", pool);
    this.#pool = pool;
  };

  /** May be called again. */
  stop(): void {
    for (const end of this.#endings.splice(0)) end();
  }

  #watch(name: string, pool: Pool): void {
    const { metrics } = this.#parts;
    const connections = metrics.readings(CATALOGUE.poolConnections);
    const waits = metrics.histograms(CATALOGUE.poolWait).with(name);
    pool.onWaited = (waitedMs) => waits.observe(waitedMs);
    this.#endings.push(
      connections.add([name, "in_use"], () => pool.stats().inUse),
      connections.add([name, "idle"], () => pool.stats().idle),
      metrics.readings(CATALOGUE.poolMaximum).add([name], () => pool.stats().max),
      metrics.readings(CATALOGUE.poolWaiting).add([name], () => pool.stats().waiting),
      () => {
        pool.onWaited = null;
      },
    );
  }

  async #queues(): Promise<Sample[]> {
    const { execute } = this.#database();
    const role = workerRole(this.#parts.app);
    const found = await queueDepths((statement) => execute(role, statement), this.#names, MOST_COUNTED);
    const depths = new Map(found.map((depth) => [JSON.stringify([depth.module, depth.queue]), depth]));
    // Those that the code declares come also when they are empty, so that an alert finds a zero and not a gap.
    const places = new Map(this.#declared().map((place) => [JSON.stringify(place), place]));
    for (const { module, queue } of found) places.set(JSON.stringify([module, queue]), [module, queue]);
    return [...places].flatMap(([key, labels]) => {
      const depth = depths.get(key);
      return [
        { metric: CATALOGUE.queueReady, labels, value: depth?.ready ?? 0 },
        { metric: CATALOGUE.queueReadyAge, labels, value: (depth?.readyAgeMs ?? 0) / 1000 },
        { metric: CATALOGUE.queueDead, labels, value: depth?.dead ?? 0 },
      ];
    });
  }

  #declared(): [string, string][] {
    return this.#parts.modules
      .filter(({ jobs, subscribers }) => jobs.length + subscribers.length > 0)
      .flatMap((module) =>
        Object.keys(queuesOf(module)).map((queue): [string, string] => [module.name, queue]),
      );
  }

  async #events(): Promise<Sample[]> {
    const { outboxes, subscribers } = await eventLag({
      app: this.#parts.app,
      pool: this.#database(),
      modules: this.#names,
    });
    return [
      ...outboxes.flatMap(({ publisher, depth, oldestMs }) => [
        { metric: CATALOGUE.outboxDepth, labels: [publisher], value: depth },
        { metric: CATALOGUE.relayLag, labels: [publisher], value: (oldestMs ?? 0) / 1000 },
      ]),
      ...subscribers.map(({ subscriber, name, unrelayedMs, oldestPendingMs }) => ({
        metric: CATALOGUE.subscriberLag,
        // As its deliveries are called.
        labels: [subscriber, `${subscriber}.${subscriberKind(name)}`],
        value: Math.max(unrelayedMs ?? 0, oldestPendingMs ?? 0) / 1000,
      })),
    ];
  }

  /** Waits no longer for a connection than a scrape does, so that nobody is in the way when the app stops. */
  #database(): Pick<Pool, "execute"> {
    const pool = this.#pool;
    if (pool === null) throw new Error("The app has not been started.");
    const deadline = Date.now() + SCRAPE_LIMIT_MS;
    return { execute: (role, statement) => pool.execute(role, statement, deadline) };
  }
}

import { fileURLToPath } from "node:url";
import { type Logger, pino } from "pino";
import { type AnyOperation, type InputOf, type OutputOf, operationError } from "../contract/index.ts";
import type {
  AnyJob,
  DrainedJob,
  Enqueued,
  EnqueueOptions,
  JobPayload,
  JobRequest,
  Worker,
} from "../jobs/index.ts";
import {
  type DatabaseModel,
  type LoginConnection,
  type MigrationRun,
  Pool,
  type PoolOptions,
  prepareDatabase,
  rolesOf,
  type SoftWall,
  SYSTEM_SCHEMA,
  testWalls,
  type WallReport,
} from "../postgres/index.ts";
import { type SpanRing, Telemetry } from "../telemetry/index.ts";
import { type Actor, actorKey, anonymous } from "./actor.ts";
import { migrationFaults, nameFaults } from "./app-faults.ts";
import { AppMetrics } from "./app-metrics.ts";
import { AppRecords } from "./app-records.ts";
import { Background, queuesOf, type WorkOptions } from "./background.ts";
import { type CallMode, Calls, checkValue } from "./calls.ts";
import { type Clock, type Randomness, systemClock, systemRandomness } from "./clock.ts";
import type { Module } from "./definition.ts";
import { BootError } from "./errors.ts";
import { buildGraph, type ModuleGraph, viewsOf } from "./graph.ts";
import { type Answer, type IdempotencyKey, idempotently, replayedAnswer } from "./idempotency.ts";
import { ModuleQueue } from "./module-queue.ts";
import { moduleTools } from "./module-tools.ts";
import { ObservedEdges } from "./observed-edges.ts";
import type { Observer } from "./observer.ts";
import type { Execute } from "./route.ts";
import type { BoundOperation, ModuleTools } from "./run.ts";
import type { TraceOptions } from "./trace-table.ts";

/** Tells who sends a request from its bearer token; null for a token that is not, or no longer, good. */
export type Authenticate = (token: string, execute: Execute) => Promise<Actor | null>;

export interface AppParts {
  /** Prefix of the app's roles in Postgres, and its login: lower snake_case, at most 20 characters. */
  readonly name: string;
  readonly modules: readonly Module[];
  /** What is deployed: a version, a commit. Told beside each instance; a new one is a deploy. */
  readonly release?: string | undefined;
  /** Values for the modules that declare settings, by module name. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly authenticate?: Authenticate;
  /** What the modules' ports are connected to, by module and port. */
  readonly adapters?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * `inline`, for tests: whatever an operation enqueued and published is carried out before `execute` returns.
   * Default `worker`: by the workers that `work` starts.
   */
  readonly jobs?: "worker" | "inline";
  /** `serialised` in test suites; see CallMode. */
  readonly calls?: CallMode;
  readonly clock?: Clock;
  readonly randomness?: Randomness;
  readonly log?: Logger;
  readonly observer?: Observer;
  /** Which traces are kept, and how long. */
  readonly traces?: TraceOptions;
}

/** Where the app's data is: an administrator's URL to prepare the database with, or a pool on a prepared one. */
export type AppDatabase =
  | {
      /** A superuser, or an owner of the database with CREATEROLE. Used at boot only. */
      readonly adminUrl: string;
      /** Password of the app's own login; derived from the administrator's unless given. */
      readonly loginPassword?: string;
      readonly poolOptions?: Omit<PoolOptions, "connection" | "strictGate">;
    }
  | { readonly pool: Pool };

export interface BootReport {
  /** Walls that this server does not let us harden, each with the reason. */
  readonly softWalls: readonly SoftWall[];
  /** What the self-test found; null when the app was given a pool. */
  readonly walls: WallReport | null;
  readonly migrated: readonly MigrationRun[];
  /** What the operator's console connects with; null when the app was given a pool. */
  readonly console: LoginConnection | null;
}

export interface ExecuteOptions {
  readonly actor?: Actor;
  /** Milliseconds of the epoch; ten seconds from now unless given. */
  readonly deadline?: number;
  /** Continues a trace; a new one unless given. */
  readonly traceId?: string;
  /** The span of `app.telemetry.spans` that it is part of; it is the root of its trace unless given. */
  readonly parentSpan?: number;
  /** Other connections than the app's own, as `app.pool.reserve` makes them. */
  readonly pool?: Pool;
}

const DEFAULT_DEADLINE_MS = 10_000;

/**
 * Composes modules into an app and checks everything that can be checked without a database. Throws BootError
 * with all faults together.
 */
export function createApp(parts: AppParts): App {
  const { graph, faults } = buildGraph({
    modules: parts.modules,
    settings: parts.settings ?? {},
    authenticates: parts.authenticate !== undefined,
    adapters: parts.adapters ?? {},
  });
  const all = [...nameFaults(parts.name), ...faults, ...parts.modules.flatMap(migrationFaults)];
  if (all.length > 0) throw new BootError(all);
  return new App(parts, graph);
}

/**
 * A composed app. Life: composed (by `createApp`) -> started -> stopped, once; `stop` may be called at any time
 * and any number of times.
 */
export class App {
  readonly name: string;
  readonly release: string | null;
  readonly graph: ModuleGraph;
  readonly authenticate: Authenticate | null;
  readonly log: Logger;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** What its modules do with each other, counted since it was last taken. */
  readonly observedEdges = new ObservedEdges();
  readonly #calls: Calls;
  readonly #operations = new Map<string, BoundOperation>();
  readonly #randomness: Randomness;
  readonly #queues = new Map<string, ModuleQueue>();
  readonly #background: Background;
  readonly #metrics: AppMetrics;
  readonly #isInline: boolean;
  /** Null with an observer, who takes their place. */
  readonly #records: AppRecords | null;
  #pool: Pool | null = null;
  #stopped: Promise<void> | null = null;

  constructor(parts: AppParts, graph: ModuleGraph) {
    this.name = parts.name;
    this.release = parts.release ?? null;
    this.graph = graph;
    this.authenticate = parts.authenticate ?? null;
    this.clock = parts.clock ?? systemClock;
    this.#randomness = parts.randomness ?? systemRandomness;
    this.log = parts.log ?? pino({ level: "silent" });
    this.telemetry = new Telemetry({ traces: parts.traces, log: this.log });
    this.#isInline = parts.jobs === "inline";
    this.#calls = new Calls({
      pool: () => this.pool,
      spans: this.spans,
      mode: parts.calls ?? "direct",
      ring: (topics) => this.#background.ring(topics),
      edges: this.observedEdges,
      received: parts.observer?.received,
    });
    const tools = new Map<string, ModuleTools>();
    for (const module of graph.modules) {
      tools.set(
        module.name,
        this.#bind(module, parts.settings?.[module.name] ?? {}, parts.adapters?.[module.name] ?? {}),
      );
    }
    this.#metrics = new AppMetrics({
      app: parts.name,
      modules: graph.modules,
      release: this.release,
      metrics: this.telemetry.metrics,
    });
    this.#background = new Background({
      app: parts.name,
      modules: graph.modules,
      tools,
      pool: () => this.pool,
      spans: this.spans,
      log: this.log,
      newTraceId: () => this.#newTraceId(),
      clock: parts.clock === undefined ? () => null : () => this.clock.now(),
      edges: this.observedEdges,
      received: parts.observer?.received,
      onQueuePool: this.#metrics.onQueuePool,
    });
    this.#records =
      parts.observer === undefined
        ? new AppRecords({
            app: parts.name,
            pool: () => this.pool,
            log: this.log,
            release: this.release,
            spans: this.spans,
            edges: this.observedEdges,
            keeper: this.telemetry.traces,
            levels: this.telemetry.logLevels,
            traces: parts.traces,
          })
        : null;
  }

  get spans(): SpanRing {
    return this.telemetry.spans;
  }

  /** The connections of the running app. Throws before `start`. */
  get pool(): Pool {
    if (this.#pool === null) throw new Error(`The app ${this.name} has no database yet: call start() first.`);
    return this.#pool;
  }

  /** What provisioning and migrations need to know of the modules. */
  get databaseModel(): DatabaseModel {
    return {
      app: this.name,
      modules: [
        { name: SYSTEM_SCHEMA, migrations: "", publishes: [], reads: [] },
        ...this.graph.modules.map((module) => ({
          name: module.name,
          migrations: module.migrations === null ? "" : fileURLToPath(module.migrations),
          publishes: viewsOf(module).map(({ view }) => view),
          reads: module.reads.map(({ contract, view }) => ({ module: contract, view })),
        })),
      ],
    };
  }

  /**
   * Prepares the database (roles, schemas, grants, migrations), opens the pool and tries the walls. A wall that
   * should hold on this server and does not refuses the start.
   */
  async start(database: AppDatabase): Promise<BootReport> {
    if (this.#pool !== null || this.#stopped !== null)
      throw new Error(`The app ${this.name} was already started.`);
    if ("pool" in database) {
      this.#pool = database.pool;
      this.#startRecords();
      return { softWalls: [], walls: null, migrated: [], console: null };
    }
    const { adminUrl, loginPassword, poolOptions } = database;
    const model = this.databaseModel;
    const prepared = await prepareDatabase({
      adminUrl,
      model,
      ...(loginPassword === undefined ? {} : { loginPassword }),
    });
    this.#pool = new Pool({
      ...poolOptions,
      connection: prepared.connection,
      strictGate: prepared.softWalls.length > 0,
    });
    const walls = await testWalls(this.#pool, model);
    const broken = walls.walls.filter(
      ({ holds, wall }) => !holds && !prepared.softWalls.some((soft) => soft.wall === wall),
    );
    if (broken.length > 0) {
      await this.stop();
      throw new BootError(
        broken.map(({ wall, evidence }) => ({
          code: "ASHLAR_WALL_BROKEN",
          module: "app",
          key: wall,
          message: `${evidence}; find who granted it and take it back`,
        })),
      );
    }
    this.#startRecords();
    const { softWalls, migrated, console } = prepared;
    return { softWalls, walls, migrated, console };
  }

  /**
   * Works on the jobs, schedules and events of all modules, beside whatever else the process does, until the worker
   * or the app is stopped. One worker per process is enough: it has as many slots as it is told.
   */
  work(options: WorkOptions = {}): Promise<Worker> {
    return this.#background.work(options);
  }

  /**
   * Does all that is due now and whatever that brings, one job after the other, until nothing is left. For tests and
   * scripts; a test clock says what is due.
   */
  drainJobs(): Promise<readonly DrainedJob[]> {
    return this.#background.drain();
  }

  /** Enqueues a job from outside all modules. What is enqueued at the same time is committed together. */
  enqueue<J extends AnyJob>(job: J, payload: JobPayload<J>, options: EnqueueOptions = {}): Promise<Enqueued> {
    return this.#queueOf(job).enqueueFromOutside({ job, payload, options });
  }

  /** Enqueues jobs of one module with one statement: all of them or none. */
  async enqueueAll(requests: readonly JobRequest[]): Promise<readonly Enqueued[]> {
    const [first] = requests;
    return first === undefined ? [] : await this.#queueOf(first.job).enqueueAllFromOutside(requests);
  }

  #startRecords(): void {
    this.#records?.start();
    this.#metrics.start(this.pool);
  }

  #queueOf(job: AnyJob): ModuleQueue {
    const queue = this.#queues.get(job.module);
    if (queue === undefined)
      throw new TypeError(`The app ${this.name} has no module ${job.module}, which ${job.id} belongs to.`);
    return queue;
  }

  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      if (this.#pool !== null) await this.#background.stop();
      await this.#records?.stop();
      this.#metrics.stop();
      await this.#pool?.stop();
    })();
    return this.#stopped;
  }

  /** Runs an operation from outside all modules: the edge, a command line, a test. The input is validated. */
  async execute<Op extends AnyOperation>(
    operation: Op,
    input: InputOf<Op>,
    options: ExecuteOptions = {},
  ): Promise<OutputOf<Op>> {
    const { bound, entry } = this.#entry(operation, input, options);
    const output = (await this.#calls.enter(bound, input, entry)) as OutputOf<Op>;
    if (this.#isInline) await this.drainJobs();
    return output;
  }

  /**
   * Runs a command at most once for its key and actor, and gives every repetition the first answer.
   * Throws RunError ASHLAR_IDEMPOTENCY_KEY_REUSED when the key came with another request before, and
   * ASHLAR_IDEMPOTENCY_KEY_IN_USE when the first request is still running at the deadline.
   */
  async executeOnce<Op extends AnyOperation>(
    operation: Op,
    input: InputOf<Op>,
    options: ExecuteOptions & {
      readonly idempotency: IdempotencyKey;
      readonly answer: (output: OutputOf<Op>) => Answer;
    },
  ): Promise<{ answer: Answer; replayed: boolean }> {
    const { bound, entry } = this.#entry(operation, input, options);
    const request = {
      module: operation.contract,
      operation: operation.id,
      actor: actorKey(entry.actor),
      idempotency: options.idempotency,
    };
    try {
      const answer = await this.#calls.enter(bound, input, {
        ...entry,
        around: (run, work) =>
          idempotently(run, request, work, options.answer as (output: unknown) => Answer),
      });
      if (this.#isInline) await this.drainJobs();
      return { answer: answer as Answer, replayed: false };
    } catch (error) {
      const answer = replayedAnswer(error);
      if (answer === null) throw error;
      return { answer, replayed: true };
    }
  }

  #entry(operation: AnyOperation, input: unknown, options: ExecuteOptions) {
    const bound = this.#operations.get(operation.id);
    if (bound === undefined || bound.operation !== operation) {
      throw new TypeError(
        `The app ${this.name} has no operation ${operation.id}: add its module to the host.`,
      );
    }
    checkValue(operation, "input", operation.input, input);
    return {
      bound,
      entry: {
        actor: options.actor ?? anonymous,
        deadline: options.deadline ?? Date.now() + DEFAULT_DEADLINE_MS,
        traceId: options.traceId ?? this.#newTraceId(),
        parentSpan: options.parentSpan ?? 0,
        pool: options.pool,
      },
    };
  }

  #newTraceId(): string {
    return this.#randomness.bytes(16).toString("hex");
  }

  #bind(module: Module, settings: unknown, adapters: Readonly<Record<string, unknown>>): ModuleTools {
    const roles = rolesOf(this.name, module.name);
    const queue = new ModuleQueue({
      module: module.name,
      role: roles.app,
      queues: queuesOf(module),
      handled: new Set(module.jobs.map(({ job }) => job)),
      pool: () => this.pool,
      store: () => this.#background.store(module.name),
      enqueuer: () => this.#background.enqueuer(module.name),
      ring: (topics) => this.#background.ring(topics),
    });
    this.#queues.set(module.name, queue);
    const tools = moduleTools({
      module,
      settings,
      adapters,
      queue,
      spans: this.spans,
      calls: this.#calls,
      operations: this.#operations,
      clock: this.clock,
      randomness: this.#randomness,
      log: this.telemetry.logLevels.loggerOf(module.name),
      edges: this.observedEdges,
    });
    for (const { operation, run } of module.handlers) {
      this.#operations.set(operation.id, {
        operation,
        id: operation.id,
        module: tools,
        role: operation.kind === "query" ? roles.reader : roles.app,
        handler: run,
        fail: (code, data = {}) => {
          throw operationError(operation, code, data);
        },
      });
    }
    return tools;
  }
}

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Logger, pino } from "pino";
import {
  type AnyContract,
  type AnyOperation,
  type InputOf,
  type OutputOf,
  operationError,
} from "../contract/index.ts";
import {
  type DatabaseModel,
  type MigrationRun,
  Pool,
  type PoolOptions,
  prepareDatabase,
  rolesOf,
  type SoftWall,
  testWalls,
  type WallReport,
} from "../postgres/index.ts";
import { SpanRing } from "../telemetry/index.ts";
import { type Actor, actorKey, anonymous } from "./actor.ts";
import { type CallMode, Calls, checkValue, inSavepoint } from "./calls.ts";
import { type Clock, type Randomness, systemClock, systemRandomness, uuidV7 } from "./clock.ts";
import type { Module } from "./definition.ts";
import { BootError, type Fault } from "./errors.ts";
import { buildGraph, type ModuleGraph, viewsOf } from "./graph.ts";
import { type Answer, type IdempotencyKey, idempotently, replayedAnswer } from "./idempotency.ts";
import type { Execute } from "./route.ts";
import type { BoundOperation, ModuleTools } from "./run.ts";
import { moduleStatements } from "./statements.ts";

/** Tells who sends a request from its bearer token; null for a token that is not, or no longer, good. */
export type Authenticate = (token: string, execute: Execute) => Promise<Actor | null>;

export interface AppParts {
  /** Prefix of the app's roles in Postgres, and its login: lower snake_case, at most 20 characters. */
  readonly name: string;
  readonly modules: readonly Module[];
  /** Values for the modules that declare settings, by module name. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly authenticate?: Authenticate;
  /** `serialised` in test suites; see CallMode. */
  readonly calls?: CallMode;
  readonly clock?: Clock;
  readonly randomness?: Randomness;
  readonly log?: Logger;
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
}

export interface ExecuteOptions {
  readonly actor?: Actor;
  /** Milliseconds of the epoch; ten seconds from now unless given. */
  readonly deadline?: number;
  /** Continues a trace; a new one unless given. */
  readonly traceId?: string;
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
  readonly graph: ModuleGraph;
  readonly authenticate: Authenticate | null;
  readonly log: Logger;
  readonly clock: Clock;
  readonly spans = new SpanRing();
  readonly #calls: Calls;
  readonly #operations = new Map<string, BoundOperation>();
  readonly #randomness: Randomness;
  #pool: Pool | null = null;
  #stopped: Promise<void> | null = null;

  constructor(parts: AppParts, graph: ModuleGraph) {
    this.name = parts.name;
    this.graph = graph;
    this.authenticate = parts.authenticate ?? null;
    this.clock = parts.clock ?? systemClock;
    this.#randomness = parts.randomness ?? systemRandomness;
    this.log = parts.log ?? pino({ level: "silent" });
    this.#calls = new Calls(() => this.pool, this.spans, parts.calls ?? "direct");
    for (const module of graph.modules) this.#bind(module, parts.settings?.[module.name] ?? {});
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
      modules: this.graph.modules.map((module) => ({
        name: module.name,
        migrations: module.migrations === null ? "" : fileURLToPath(module.migrations),
        publishes: viewsOf(module).map(({ view }) => view),
        reads: module.reads.map(({ contract, view }) => ({ module: contract, view })),
      })),
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
      return { softWalls: [], walls: null, migrated: [] };
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
    return { softWalls: prepared.softWalls, walls, migrated: prepared.migrated };
  }

  stop(): Promise<void> {
    this.#stopped ??= (async () => {
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
    return (await this.#calls.enter(bound, input, entry)) as OutputOf<Op>;
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
        around: (unit, role, work) =>
          idempotently(unit, role, request, work, options.answer as (output: unknown) => Answer),
      });
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
        traceId: options.traceId ?? this.#randomness.bytes(16).toString("hex"),
      },
    };
  }

  #bind(module: Module, settings: unknown): void {
    const roles = rolesOf(this.name, module.name);
    const tools = this.#tools(module, settings);
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
  }

  #tools(module: Module, settings: unknown): ModuleTools {
    const { db, sql } = moduleStatements(module.name, () => this.pool);
    const ports = new Map<string, object>();
    return {
      name: module.name,
      db,
      sql,
      // Ports are made at the first call: modules are bound one after the other, and may use later ones.
      call: (contract: AnyContract) => {
        let port = ports.get(contract.contractName);
        if (port === undefined) {
          if (!module.uses.includes(contract)) {
            throw new TypeError(
              `${module.name} does not use ${contract.contractName}: add it to \`uses\` in src/definition.ts.`,
            );
          }
          port = this.#calls.port(module.name, contract, this.#operations);
          ports.set(contract.contractName, port);
        }
        return port;
      },
      savepoint: (work) => inSavepoint(module.name, work),
      settings: Object.freeze(structuredClone(settings)),
      now: () => this.clock.now(),
      newId: () => uuidV7(this.clock, this.#randomness),
      randomBytes: (size) => this.#randomness.bytes(size),
      log: this.log.child({ module: module.name }),
    };
  }
}

function nameFaults(name: string): Fault[] {
  return /^[a-z][a-z0-9_]{0,19}$/.test(name)
    ? []
    : [
        {
          code: "ASHLAR_APP_NAME_INVALID",
          module: "app",
          key: `name ${JSON.stringify(name)}`,
          message: "it prefixes Postgres roles, so it is lower snake_case of at most 20 characters",
        },
      ];
}

function migrationFaults(module: Module): Fault[] {
  return module.migrations === null || existsSync(module.migrations)
    ? []
    : [
        {
          code: "ASHLAR_MIGRATIONS_MISSING",
          module: module.name,
          key: "migrations",
          message: `there is no directory ${fileURLToPath(module.migrations)}; create it or correct the URL`,
        },
      ];
}

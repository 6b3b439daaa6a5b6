import { type ConnectionAddress, ConnectionFactory, type WireCounters } from "./connection.ts";
import { ConnectionQueue } from "./connection-queue.ts";
import { type ControlCommand, roleCommand } from "./control-command.ts";
import { DatabaseError } from "./errors.ts";
import type { GroupFailure } from "./stamped-query.ts";
import type { Result, Statement } from "./statement.ts";
import { type KnownStatement, StatementRegistry } from "./statement-registry.ts";
import { Transaction, type TransactionOptions } from "./transaction.ts";
import { translateError } from "./translate-error.ts";
import { encodeValues } from "./value-types.ts";

export interface PoolOptions {
  readonly connection: ConnectionAddress;
  /** Shown in pg_stat_activity. Default `ashlar`. */
  readonly applicationName?: string;
  /** Most connections at once. Default 10. */
  readonly max?: number;
  /** Most callers waiting for a connection at once; the next one is refused. Default 500. */
  readonly maxWaiting?: number;
  /** How long a caller may wait for a connection, or for another branch's savepoint to close. Default 5,000. */
  readonly waitTimeoutMs?: number;
  /** Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** Default 15,000; 0 switches it off, as with the three limits below. */
  readonly statementTimeoutMs?: number;
  /** Default 5,000. */
  readonly lockTimeoutMs?: number;
  /** Default 10,000. */
  readonly idleInTransactionTimeoutMs?: number;
  /** Default 30,000. Has no effect on PostgreSQL 16, which does not know it. */
  readonly transactionTimeoutMs?: number;
  /** Age at which a connection is replaced once it is idle. Default 0: never. */
  readonly maxLifetimeMs?: number;
  /** How long stop() waits for work in progress before it cuts connections. Default 10,000. */
  readonly stopTimeoutMs?: number;
  /** For servers that could not be hardened: the gate refuses more texts. Default false. */
  readonly strictGate?: boolean;
  /** Further settings of every session, such as `enable_seqscan: "off"`. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** False sends statements without a role. Exists to measure what the roles cost; default true. */
  readonly walls?: boolean;
  /** Hears of connections that died by themselves. They are replaced in any case. */
  readonly onConnectionLost?: (error: unknown) => void;
}

export interface PoolStats {
  /** Connections open or being opened. */
  readonly size: number;
  readonly idle: number;
  readonly inUse: number;
  /** Callers waiting for a connection. */
  readonly waiting: number;
  readonly max: number;
  /** Sync groups sent since the start: one per statement and one per commit or rollback, each a round trip. */
  readonly syncs: number;
  /** Statement texts that have a prepared-statement name. */
  readonly namedStatements: number;
}

/** What a pool is limited to unless told otherwise. */
export const POOL_DEFAULTS = {
  max: 10,
  statementTimeoutMs: 15_000,
  lockTimeoutMs: 5_000,
  idleInTransactionTimeoutMs: 10_000,
  transactionTimeoutMs: 30_000,
} as const;

const NO_PREFIX: readonly ControlCommand[] = [];
const STOP_TIMEOUT_MS = 10_000;

/**
 * Connections to one database, for statements that each carry the role they run under.
 * Opens nothing before its first use. Survives a restart of the server.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #counters: WireCounters = { syncs: 0 };
  readonly #registry: StatementRegistry;
  readonly #queue: ConnectionQueue;
  readonly #max: number;
  readonly #waitTimeoutMs: number;
  readonly #isWalled: boolean;
  readonly #isStrict: boolean;
  readonly #address: ConnectionAddress;
  /** The stamp of an autocommit statement, by role. */
  readonly #stamps = new Map<string, readonly ControlCommand[]>();

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#max = options.max ?? POOL_DEFAULTS.max;
    this.#waitTimeoutMs = options.waitTimeoutMs ?? 5_000;
    this.#isWalled = options.walls ?? true;
    this.#address = options.connection;
    this.#isStrict = options.strictGate ?? false;
    this.#registry = new StatementRegistry({ strict: this.#isStrict });
    this.#queue = new ConnectionQueue(connectionFactory(options, this.#counters), {
      max: this.#max,
      maxWaiting: options.maxWaiting ?? 500,
      waitTimeoutMs: this.#waitTimeoutMs,
      maxLifetimeMs: options.maxLifetimeMs ?? 0,
      stopTimeoutMs: options.stopTimeoutMs ?? STOP_TIMEOUT_MS,
      onConnectionLost: options.onConnectionLost ?? ignoreLoss,
    });
  }

  /**
   * Runs one statement under `role` in a transaction of its own, in one round trip.
   * `deadline` (epoch ms) bounds the wait for a connection.
   *
   * Throws DatabaseError. A write whose connection died before the answer throws ASHLAR_COMMIT_OUTCOME_UNKNOWN.
   */
  async execute<Row = Record<string, unknown>>(
    role: string,
    statement: Statement,
    deadline?: number,
  ): Promise<Result<Row>> {
    const known = this.#registry.admit(statement.text);
    const values = encodeValues(statement.values);
    const stamp = this.#stampOf(role);
    const connection = this.#queue.take() ?? (await this.#queue.wait(deadline));
    try {
      for (let isRetry = false; ; isRetry = true) {
        try {
          return (await connection.run(stamp, known, values)) as unknown as Result<Row>;
        } catch (failure) {
          const error = autocommitError(failure as GroupFailure, known, role);
          // Refused before anything ran. The same connection parses the text anew the second time.
          if (error.code !== "ASHLAR_PLAN_CHANGED" || isRetry) throw error;
        }
      }
    } finally {
      this.#queue.giveBack(connection);
    }
  }

  /** A transaction that costs nothing until its first statement. */
  begin(options: TransactionOptions = {}): Transaction {
    return new Transaction(
      {
        registry: this.#registry,
        queue: this.#queue,
        isWalled: this.#isWalled,
        savepointWaitMs: this.#waitTimeoutMs,
      },
      options,
    );
  }

  /** Hears how long each caller waited that found no idle connection, whether it got one or not. */
  set onWaited(listener: ((waitedMs: number) => void) | null) {
    this.#queue.onWaited = listener;
  }

  /**
   * A pool of its own under the same login and limits, for those who must get through while these connections are
   * taken. Whoever asks for it stops it.
   */
  reserve(max: number, applicationName: string): Pool {
    return new Pool({ ...this.#options, max, applicationName });
  }

  /** Whether its gate is the strict one. */
  get isStrict(): boolean {
    return this.#isStrict;
  }

  /** Where it connects, with the password: for the wall test, which tries the same login without the pool. */
  get address(): ConnectionAddress {
    return this.#address;
  }

  stats(): PoolStats {
    const { idle, inUse, opening, waiting } = this.#queue.counts;
    return {
      size: idle + inUse + opening,
      idle,
      inUse,
      waiting,
      max: this.#max,
      syncs: this.#counters.syncs,
      namedStatements: this.#registry.namedCount,
    };
  }

  /** Resolves when the server answers on one of the pool's connections, before `deadline` (epoch ms). */
  async ping(deadline?: number): Promise<void> {
    const connection = this.#queue.take() ?? (await this.#queue.wait(deadline));
    try {
      // An empty Sync group: the server answers "ready" without running anything, so no role is needed.
      await connection.run(NO_PREFIX, undefined, []);
    } catch (failure) {
      throw translateError((failure as GroupFailure).error);
    } finally {
      this.#queue.giveBack(connection);
    }
  }

  /** Waits for work in progress up to the stop limit, then closes every connection. May be called again. */
  stop(): Promise<void> {
    return this.#queue.stop();
  }

  #stampOf(role: string): readonly ControlCommand[] {
    if (!this.#isWalled) return NO_PREFIX;
    let stamp = this.#stamps.get(role);
    if (stamp === undefined) {
      stamp = [roleCommand(role)];
      this.#stamps.set(role, stamp);
    }
    return stamp;
  }
}

function connectionFactory(options: PoolOptions, counters: WireCounters): ConnectionFactory {
  return new ConnectionFactory(
    {
      address: options.connection,
      applicationName: options.applicationName ?? "ashlar",
      connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
      limits: {
        statementTimeoutMs: options.statementTimeoutMs ?? POOL_DEFAULTS.statementTimeoutMs,
        lockTimeoutMs: options.lockTimeoutMs ?? POOL_DEFAULTS.lockTimeoutMs,
        idleInTransactionTimeoutMs:
          options.idleInTransactionTimeoutMs ?? POOL_DEFAULTS.idleInTransactionTimeoutMs,
        transactionTimeoutMs: options.transactionTimeoutMs ?? POOL_DEFAULTS.transactionTimeoutMs,
      },
      settings: options.settings ?? {},
    },
    counters,
  );
}

function autocommitError(failure: GroupFailure, statement: KnownStatement, role: string): DatabaseError {
  const isRead = statement.kind === "select" || statement.kind === "values";
  if (!failure.mayHaveTakenEffect || isRead) return translateError(failure.error, role);
  return new DatabaseError(
    "ASHLAR_COMMIT_OUTCOME_UNKNOWN",
    `The connection died while a write of role "${role}" was under way: it may or may not have taken effect. ` +
      "Look before you repeat it.",
    { cause: failure.error },
  );
}

function ignoreLoss(): void {}

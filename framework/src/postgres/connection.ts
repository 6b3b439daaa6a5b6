import pg from "pg";
import type { ControlCommand } from "./control-command.ts";
import { PreparedStatements } from "./prepared-statements.ts";
import { type GroupFailure, type GroupResult, StampedQuery } from "./stamped-query.ts";
import type { KnownStatement } from "./statement-registry.ts";
import { sqlStateOf } from "./translate-error.ts";
import type { EncodedValue } from "./value-types.ts";

/** Where the database is and who logs in. */
export interface ConnectionAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** As the driver takes it: true, or options of `tls.connect`. Default: no TLS. */
  readonly ssl?: pg.ClientConfig["ssl"];
}

/** Limits of every session; 0 switches one off. */
export interface SessionLimits {
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
  /** Only PostgreSQL 17 and later know this one; older servers go without. */
  readonly transactionTimeoutMs: number;
}

export interface ConnectionOptions {
  readonly address: ConnectionAddress;
  readonly applicationName: string;
  readonly connectTimeoutMs: number;
  readonly limits: SessionLimits;
  /** Further settings of the session, by name. */
  readonly settings: Readonly<Record<string, string | number>>;
}

/** Counts over all connections of a pool. */
export interface WireCounters {
  /** Sync groups sent; each is one round trip. */
  syncs: number;
}

const KEEP_ALIVE_AFTER_MS = 10_000;
/** A server that does not answer the goodbye is not waited for. */
const GOODBYE_TIMEOUT_MS = 1_000;
const UNKNOWN_SETTING = "42704";

/** Opens connections whose sessions have their limits from the first statement on. */
export class ConnectionFactory {
  readonly #options: ConnectionOptions;
  readonly #counters: WireCounters;
  #knowsTransactionTimeout: boolean;

  constructor(options: ConnectionOptions, counters: WireCounters) {
    this.#options = options;
    this.#counters = counters;
    this.#knowsTransactionTimeout = options.limits.transactionTimeoutMs > 0;
  }

  /** Rejects with the driver's error. */
  async open(): Promise<Connection> {
    const withTransactionTimeout = this.#knowsTransactionTimeout;
    try {
      return await this.#connect(withTransactionTimeout);
    } catch (error) {
      // An unknown setting ends the session at start-up. Asking for the version first would cost a round trip.
      if (!withTransactionTimeout || sqlStateOf(error) !== UNKNOWN_SETTING) throw error;
      this.#knowsTransactionTimeout = false;
      return await this.#connect(false);
    }
  }

  async #connect(withTransactionTimeout: boolean): Promise<Connection> {
    const { address, applicationName, connectTimeoutMs, limits, settings } = this.#options;
    const client = new pg.Client({
      host: address.host,
      port: address.port,
      database: address.database,
      user: address.user,
      password: address.password ?? "",
      ssl: address.ssl ?? false,
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      options: sessionOptions(limits, settings, withTransactionTimeout),
      pipeline: true,
    });
    const connection = new Connection(client, this.#counters);
    try {
      await client.connect();
    } catch (error) {
      void connection.destroy();
      throw error;
    }
    return connection;
  }
}

function sessionOptions(
  limits: SessionLimits,
  further: ConnectionOptions["settings"],
  withTransactionTimeout: boolean,
): string {
  const settings = {
    // `set local role` outside a transaction block draws a WARNING with every statement; that costs CPU on both sides.
    client_min_messages: "error",
    // Every change of role makes the server look up the path anew, and `$user` in it is another schema for each.
    // Statements are schema-qualified in any case.
    search_path: "pg_catalog",
    datestyle: "ISO",
    timezone: "UTC",
    statement_timeout: limits.statementTimeoutMs,
    lock_timeout: limits.lockTimeoutMs,
    idle_in_transaction_session_timeout: limits.idleInTransactionTimeoutMs,
    ...(withTransactionTimeout ? { transaction_timeout: limits.transactionTimeoutMs } : {}),
    ...further,
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(" ");
}

/** One session with the server. Groups are sent at once and answered in order. */
export class Connection {
  readonly openedAt = Date.now();
  /** Resolves when the socket is closed, by whomever. */
  readonly closed: Promise<void>;
  /** Called once, when the connection is lost without anybody having closed it. */
  onLost: ((error: unknown) => void) | undefined;
  readonly #client: pg.Client;
  readonly #counters: WireCounters;
  readonly #prepared = new PreparedStatements();
  #lost: unknown;
  #isClosing = false;

  constructor(client: pg.Client, counters: WireCounters) {
    this.#client = client;
    this.#counters = counters;
    this.closed = new Promise((resolve) => client.once("end", () => resolve()));
    client.on("error", (error) => this.#noteLoss(error));
    client.once("end", () => this.#noteLoss(new Error("The connection was closed")));
  }

  /** Why the connection is of no use any more; undefined while it is. */
  get lost(): unknown {
    return this.#lost;
  }

  /** True between transactions: the last group that was answered left none open. */
  get isBetweenTransactions(): boolean {
    return this.#client.getTransactionStatus() === "I";
  }

  /**
   * Sends `prefix` and `statement` as one Sync group. Rejects with a GroupFailure; `onFailure` hears of it at once,
   * before any later group is settled, which a promise cannot promise.
   */
  run(
    prefix: readonly ControlCommand[],
    statement: KnownStatement | undefined,
    values: readonly EncodedValue[],
    onFailure?: (failure: GroupFailure) => void,
  ): Promise<GroupResult> {
    return new Promise((resolve, reject) => {
      const fail = (failure: GroupFailure) => {
        onFailure?.(failure);
        reject(failure);
      };
      this.#counters.syncs++;
      this.#client.query(new StampedQuery(prefix, statement, values, this.#prepared, resolve, fail));
    });
  }

  /** Says goodbye to the server. Never rejects. */
  async close(): Promise<void> {
    if (this.#lost !== undefined) return this.destroy();
    this.#isClosing = true;
    const impatience = setTimeout(() => void this.destroy(), GOODBYE_TIMEOUT_MS);
    await this.#client.end();
    clearTimeout(impatience);
  }

  /** Cuts the connection; whatever is in flight fails. Resolves when the socket is closed. */
  destroy(): Promise<void> {
    this.#isClosing = true;
    this.#client.connection.stream.destroy();
    return this.closed;
  }

  #noteLoss(error: unknown): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    if (!this.#isClosing) this.onLost?.(error);
  }
}

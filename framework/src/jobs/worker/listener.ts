import pg from "pg";
import type { ConnectionAddress, Statement } from "../../postgres/index.ts";
import { Pause } from "./pause.ts";
import { QUEUE_SETTINGS } from "./queue-pool.ts";
import { WAKE_CHANNEL } from "./wake.ts";
import type { WorkerLog } from "./worker-options.ts";
import { WORKER_LOCK } from "./worker-row.ts";

export interface ListenerParts {
  readonly app: string;
  readonly address: ConnectionAddress;
  readonly role: string;
  readonly log: WorkerLog;
  /** What was notified. */
  readonly onWake: (payload: string) => void;
  /** It listens again: what was notified in between is lost, so look once more. */
  readonly onListening: () => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** An answer that takes longer comes from a connection that is of no use as a heartbeat. */
const QUERY_TIMEOUT_MS = 5_000;
const GOODBYE_TIMEOUT_MS = 1_000;
const KEEP_ALIVE_AFTER_MS = 5_000;

const SETTINGS: Readonly<Record<string, string | number>> = {
  ...QUEUE_SETTINGS,
  client_min_messages: "error",
  search_path: "pg_catalog",
  datestyle: "ISO",
  timezone: "UTC",
  statement_timeout: QUERY_TIMEOUT_MS,
  // So that the server gives up the lock of a machine that vanished within twenty seconds, not two hours.
  tcp_keepalives_idle: 5,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
};

/**
 * The worker's own connection: hears notifications, holds the lock that says that the process lives, and carries the
 * heartbeat. Connects again when it is lost, for as long as it takes.
 */
export class Listener {
  readonly #parts: ListenerParts;
  readonly #pause = new Pause();
  #client: pg.Client | undefined;
  #loop: Promise<void> | undefined;
  #worker: number | undefined;
  #lockOf: number | undefined;
  #isStopped = false;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  /** Whether the lock on the worker's id is held. */
  get holdsLock(): boolean {
    return this.#client !== undefined && this.#lockOf !== undefined && this.#lockOf === this.#worker;
  }

  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  /** Resolves when the first attempt to connect has ended, either way. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#loop = this.#keepConnected(resolve);
    });
  }

  /** Takes the lock on the worker's id, unless it is held; to be asked again when that did not succeed. */
  async lockFor(worker: number): Promise<void> {
    this.#worker = worker;
    try {
      await this.#lock();
    } catch (error) {
      this.#drop(error);
    }
  }

  /** Runs a statement on this connection. A failure of the connection is seen to; the caller goes another way. */
  async query(statement: Statement, name: string): Promise<Record<string, unknown>[]> {
    const client = this.#client;
    if (client === undefined) throw new Error("The listener is not connected.");
    try {
      const { text, values } = statement;
      return (await client.query({ name, text, values: [...values] })).rows;
    } catch (error) {
      // An error of the server leaves the session as it was; all others leave it in doubt.
      if (!(error instanceof pg.DatabaseError) || error.severity !== "ERROR") this.#drop(error);
      throw error;
    }
  }

  /** May be called again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#pause.end();
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) {
      const impatience = setTimeout(() => destroy(client), GOODBYE_TIMEOUT_MS);
      await client.end().catch(() => {});
      clearTimeout(impatience);
    }
    await this.#loop;
  }

  async #keepConnected(onFirst: () => void): Promise<void> {
    while (!this.#isStopped) {
      let client: pg.Client | undefined;
      try {
        client = await this.#connect();
        this.#pause.succeeded();
        const ended = new Promise<void>((resolve) => client?.once("end", () => resolve()));
        if (this.#isStopped) await client.end();
        else {
          this.#client = client;
          await this.#lock();
          this.#parts.onListening();
        }
        onFirst();
        await ended;
      } catch (error) {
        this.#drop(error);
        if (!this.#isStopped) {
          this.#parts.log.warn(
            { err: error },
            "The job listener cannot connect; notifications are not heard meanwhile",
          );
        }
      }
      onFirst();
      if (this.#client === client) this.#client = undefined;
      this.#lockOf = undefined;
      if (!this.#isStopped) await this.#pause.wait();
    }
  }

  async #connect(): Promise<pg.Client> {
    const { address, app, role } = this.#parts;
    const client = new pg.Client({
      host: address.host,
      port: address.port,
      database: address.database,
      user: address.user,
      password: address.password ?? "",
      ssl: address.ssl ?? false,
      application_name: `${app} jobs listener`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      options: Object.entries(SETTINGS)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(" "),
    });
    client.on("error", (error) => {
      if (!this.#isStopped) this.#parts.log.warn({ err: error }, "The job listener lost its connection");
    });
    client.on("notification", ({ payload }) => this.#parts.onWake(payload ?? ""));
    try {
      await client.connect();
      await client.query(`set role ${pg.escapeIdentifier(role)}`);
      await client.query(`listen ${WAKE_CHANNEL}`);
      return client;
    } catch (error) {
      destroy(client);
      throw error;
    }
  }

  async #lock(): Promise<void> {
    const client = this.#client;
    const worker = this.#worker;
    if (client === undefined || worker === undefined || this.#lockOf === worker) return;
    // Of a session before this one the server may still hold it; then that one stands for the process.
    const { rows } = await client.query<{ locked: boolean }>(
      "select pg_advisory_unlock_all(), pg_try_advisory_lock($1, $2) as locked",
      [WORKER_LOCK, worker],
    );
    if (client === this.#client && rows[0]?.locked === true) this.#lockOf = worker;
  }

  #drop(error: unknown): void {
    const client = this.#client;
    if (client === undefined) return;
    this.#client = undefined;
    if (!this.#isStopped) this.#parts.log.debug({ err: error }, "The job listener's connection is dropped");
    destroy(client);
  }
}

/** Cuts the connection without a goodbye, for which the server might let it wait. */
function destroy(client: pg.Client): void {
  client.connection.stream.destroy();
}

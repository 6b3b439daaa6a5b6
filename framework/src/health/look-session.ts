import type pg from "pg";
import { openSession, readOnly } from "../doctor/index.ts";
import { type ConnectionAddress, rolesOf, SYSTEM_SCHEMA, workerRole } from "../postgres/index.ts";

/** Of one statement. Whoever looks must not become the load that he looks for. */
export const STATEMENT_TIMEOUT_MS = 1_000;
const ANSWER_TIMEOUT_MS = 3_000;

/** Reads rows of a database in a transaction that cannot write. */
export interface LookSession {
  rows<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The same as somebody who may read the framework's tables in the schema of a module. */
  rowsOfModule<Row extends object>(module: string, text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Of the server, as this session reached it. */
  readonly host: string;
}

/**
 * The one session that firing checks look through. Opened by the first look and again after it was lost; it belongs
 * to an administrator or to the app's own login, which sees its own sessions and not those of others.
 */
export class LookSessions {
  readonly #address: string | ConnectionAddress;
  readonly #app: string;
  #client: pg.Client | null = null;
  #opening: Promise<void> | null = null;
  #isWorker = false;
  /** It may do all that the worker role may as itself, so that what it costs counts as its own. */
  #inheritsWorker = false;
  #isStopped = false;

  constructor(address: string | ConnectionAddress, app: string) {
    this.#address = address;
    this.#app = app;
  }

  /** Rejects with the driver's error when the database does not answer. */
  async open(): Promise<void> {
    if (this.#client !== null) return;
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = null;
    });
    await this.#opening;
  }

  /** Runs `look` in a transaction of its own that cannot write, waits for no lock and is rolled back. */
  async look<Seen>(look: (session: LookSession) => Promise<Seen>): Promise<Seen> {
    await this.open();
    const client = this.#client!;
    return await readOnly(client, () => look(this.#sessionOf(client)), STATEMENT_TIMEOUT_MS);
  }

  /** Writes into the framework's own tables: the one thing that is not only looked at. */
  async write<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    await this.open();
    const client = this.#client!;
    const role = this.#inheritsWorker ? "" : `set local role ${this.#roleFor(SYSTEM_SCHEMA)}`;
    try {
      await client.query(
        `begin; set local statement_timeout = ${STATEMENT_TIMEOUT_MS}; set local lock_timeout = ${STATEMENT_TIMEOUT_MS};
         ${role}`,
      );
      const { rows } = await client.query<Row>(text, [...values]);
      await client.query("commit");
      return rows;
    } catch (error) {
      await client.query("rollback").catch(() => {});
      throw error;
    }
  }

  /** Gives a session up that may be in the middle of something; the next look opens another. */
  async drop(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    // Not end(), which waits for the answer that does not come.
    (client as unknown as { connection?: { stream: { destroy(): void } } })?.connection?.stream.destroy();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const client = await openSession(this.#address, {
      applicationName: "ashlar health",
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    });
    client.once("end", () => this.#forget(client));
    try {
      const { rows } = await client.query<{ may: boolean; inherits: boolean }>(
        `select coalesce(pg_catalog.pg_has_role(current_user, pg_catalog.to_regrole($1), 'SET'), false) as may,
           coalesce(pg_catalog.pg_has_role(current_user, pg_catalog.to_regrole($1), 'USAGE'), false) and not rolsuper
             as inherits
         from pg_catalog.pg_roles where rolname = current_user`,
        [workerRole(this.#app)],
      );
      // Whoever asked for it may have given up meanwhile.
      if (this.#isStopped) throw new Error("The looking has ended.");
      this.#isWorker = rows[0]!.may;
      this.#inheritsWorker = rows[0]!.inherits;
      this.#client = client;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  #forget(client: pg.Client): void {
    if (this.#client === client) this.#client = null;
  }

  #roleFor(module: string): string {
    return this.#isWorker ? workerRole(this.#app) : rolesOf(this.#app, module).owner;
  }

  #sessionOf(client: pg.Client): LookSession {
    const rows = async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(text, [...values])).rows;
    return {
      rows,
      rowsOfModule: async <Row extends object>(module: string, text: string, values?: readonly unknown[]) => {
        if (this.#inheritsWorker) return await rows<Row>(text, values);
        await client.query(`set local role ${this.#roleFor(module)}`);
        const found = await rows<Row>(text, values);
        await client.query("reset role");
        return found;
      },
      host: client.host,
    };
  }
}

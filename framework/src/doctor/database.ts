import pg from "pg";
import type { ConnectionAddress } from "../postgres/index.ts";
import type { Deployment } from "./deployment.ts";

/** A database under examination: one session of its administrator, which can only read. */
export interface Database {
  rows<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The same under another role, for what the administrator may not read by himself. */
  rowsAs<Row extends object>(role: string, text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** For what reads the catalogue itself. In the check's transaction. */
  readonly client: Pick<pg.Client, "query">;
  readonly server: Server;
  readonly deployment: Deployment;
  now(): number;
}

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly isSuperuser: boolean;
  /** 180004 for 18.4. */
  readonly versionNumber: number;
  readonly version: string;
  /** Of the session's process: as told at the start of the session, and as the server says it now. */
  readonly process: { readonly announced: number | null; readonly actual: number };
}

const CONNECT_TIMEOUT_MS = 5_000;
/** A doctor that waits for a lock makes others wait behind it. */
export const LOCK_TIMEOUT_MS = 1_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 20_000;

export interface SessionOptions {
  /** Shown in pg_stat_activity. Default `ashlar doctor`. */
  readonly applicationName?: string;
  /** For a server that does not answer any more. Default 20,000. */
  readonly answerTimeoutMs?: number;
}

/** Opens the one session of an examination. Rejects with the driver's error. */
export async function openSession(
  address: string | ConnectionAddress,
  options: SessionOptions = {},
): Promise<pg.Client> {
  const client = new pg.Client({
    ...(typeof address === "string" ? { connectionString: address } : address),
    application_name: options.applicationName ?? "ashlar doctor",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

/** Runs `look` in a transaction of its own that cannot write and is rolled back. */
export async function readOnly<Seen>(
  client: pg.Client,
  look: () => Promise<Seen> | Seen,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
): Promise<Seen> {
  await client.query(
    `begin transaction read only;
     set local statement_timeout = ${statementTimeoutMs};
     set local lock_timeout = ${LOCK_TIMEOUT_MS};
     set local search_path = pg_catalog`,
  );
  try {
    return await look();
  } finally {
    await client.query("rollback");
  }
}

export async function readServer(client: pg.Client): Promise<Server> {
  const { rows } = await client.query<{
    name: string;
    number: number;
    version: string;
    superuser: boolean;
    pid: number;
    user: string;
  }>(
    `select current_database() as name, current_setting('server_version_num')::integer as number,
       current_setting('server_version') as version, current_user as user, pg_backend_pid() as pid,
       (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as superuser`,
  );
  const { name, number, version, superuser, pid, user } = rows[0]!;
  return {
    host: client.host,
    port: client.port,
    database: name,
    user,
    isSuperuser: superuser,
    versionNumber: number,
    version,
    process: {
      announced: (client as unknown as { processID: number | null }).processID,
      actual: pid,
    },
  };
}

export function databaseOf(
  client: pg.Client,
  server: Server,
  deployment: Deployment,
  now: () => number,
): Database {
  const rows = async <Row extends object>(text: string, values: readonly unknown[] = []) =>
    (await client.query<Row>(text, [...values])).rows;
  return {
    rows,
    async rowsAs(role, text, values) {
      await client.query(`set local role ${pg.escapeIdentifier(role)}`);
      const found = await rows<never>(text, values);
      await client.query("reset role");
      return found;
    },
    client,
    server,
    deployment,
    now,
  };
}

import pg from "pg";
import { DatabaseError } from "./errors.ts";
import { translateError } from "./translate-error.ts";

/** A connection with the rights to provision and migrate. Short-lived; never part of the pool. */
export type AdminClient = pg.Client;

const oldestVersion = 160_000;
const connectTimeoutMs = 10_000;

/** Runs the work on a connection of its own and closes it. Throws one clear error if that cannot be had. */
export async function withAdmin<T>(adminUrl: string, work: (client: AdminClient) => Promise<T>): Promise<T> {
  const client = await connect(adminUrl);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function connect(adminUrl: string): Promise<AdminClient> {
  let client: AdminClient;
  try {
    client = new pg.Client({
      connectionString: adminUrl,
      application_name: "ashlar admin",
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
    });
  } catch (cause) {
    // The text may hold a password, so it is not repeated.
    throw new DatabaseError(
      "ASHLAR_DATABASE_REFUSED",
      "The database URL cannot be read. It looks like postgres://user:password@host:5432/database.",
      { cause },
    );
  }
  // A connection that breaks while idle reports outside of any query; the next query fails anyway.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (cause) {
    if (cause instanceof pg.DatabaseError) throw translateError(cause);
    throw new DatabaseError(
      "ASHLAR_DATABASE_UNAVAILABLE",
      `PostgreSQL at ${addressOf(client)} cannot be reached: ${reasonOf(cause)}. ` +
        "Check DATABASE_URL and that the server runs.",
      { cause },
    );
  }
  try {
    await checkVersion(client);
    // Ours may run for long: whatever the server or the role sets as a limit is meant for the app.
    await client.query("set statement_timeout = 0; set lock_timeout = 0; set client_min_messages = warning");
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function checkVersion(client: AdminClient): Promise<void> {
  const { rows } = await client.query(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as version",
  );
  if (rows[0].number >= oldestVersion) return;
  throw new DatabaseError(
    "ASHLAR_POSTGRES_TOO_OLD",
    `PostgreSQL at ${addressOf(client)} is version ${rows[0].version}; the walls need 16 or later. ` +
      "Upgrade it, or point DATABASE_URL at another server.",
  );
}

export function addressOf(client: AdminClient): string {
  return client.host.startsWith("/") ? client.host : `${client.host}:${client.port}`;
}

/** A host with several addresses rejects with an AggregateError whose own message is empty. */
function reasonOf(cause: unknown): string {
  const error = cause as Error & { errors?: Error[] };
  return error.message || error.errors?.map(({ message }) => message).join("; ") || String(cause);
}

/** Runs the work between begin and commit, or rollback when it throws. */
export async function inTransaction<T>(client: AdminClient, work: () => Promise<T>): Promise<T> {
  await client.query("begin");
  try {
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    // A broken connection cannot be rolled back, and the error that matters is the first.
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

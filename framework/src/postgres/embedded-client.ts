import pg from "pg";
import type { Cluster } from "./embedded-data.ts";

/** Whether the server on that port is the one of this cluster: scram proves the password both ways. */
export async function answers(port: number, cluster: Cluster): Promise<boolean> {
  try {
    const { rows } = await withClient(port, cluster, (client) =>
      client.query("select current_setting('data_directory') as directory"),
    );
    return rows[0].directory === cluster.dataDirectory;
  } catch {
    // Stopping, or a stranger: the caller looks again.
    return false;
  }
}

/** Makes the database unless it is there. */
export async function ensureDatabase(port: number, cluster: Cluster, database: string): Promise<void> {
  await withClient(port, cluster, async (client) => {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [database]);
    if (rowCount !== 0) return;
    try {
      await client.query(`create database ${client.escapeIdentifier(database)}`);
    } catch (error) {
      // 42P04, or 23505 when two come at the same instant: another process made it.
      const code = (error as { code?: string }).code;
      if (code !== "42P04" && code !== "23505") throw error;
    }
  });
}

async function withClient<T>(
  port: number,
  cluster: Cluster,
  run: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user: "postgres",
    password: cluster.password,
    database: "postgres",
    connectionTimeoutMillis: 5000,
  });
  // A server that stops just now ends the connection outside of any query.
  client.on("error", () => {});
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/postgres/index.ts";

/** A throw-away PostgreSQL server for one test file, which nothing has provisioned or hardened. */
export interface Cluster {
  readonly host: string;
  readonly port: number;
  /** Logs in as the superuser. */
  readonly url: string;
  /** Stops the server under its clients and starts it again on the same port. */
  restart(): Promise<void>;
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), "ashlar-test-"));
  const start = (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({
      directory: join(directory, "postgres"),
      preparedDirectory: join(import.meta.dirname, "../../../.ashlar/test/prepared-cluster"),
      durable: false,
      settings: { shared_buffers: "32MB", max_connections: "40" },
    });
  let server = await start();
  const cluster: Cluster = {
    host: "127.0.0.1",
    port: server.port,
    url: server.url,
    halt: () => server.stop(),
    async resume() {
      server = await start();
    },
    async restart() {
      await cluster.halt();
      await cluster.resume();
    },
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return cluster;
}

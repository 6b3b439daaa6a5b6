import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "ashlar/postgres";
import pg from "pg";
import { measureFamilyCpu } from "./cpu.ts";
import type { Session } from "./table.ts";

/** A PostgreSQL of the bench's own, thrown away at the end of the table. */
export interface Cluster {
  /** As superuser. */
  readonly url: string;
  readonly port: number;
  /** Of the postmaster. */
  readonly pid: number;
  /** Starts to measure the CPU of all its processes; see measureFamilyCpu. */
  measureCpu(): () => number;
  /** Runs statements as superuser and gives the rows of the last one. */
  admin(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/**
 * `as shipped` has the settings of the embedded server. `quiet` does not wait for the disk at commit, so that work is
 * compared and not the disk of this machine, and leaves out what would fall to whichever system is being measured
 * when it is due.
 */
export async function startCluster(session: Session, mode: "as shipped" | "quiet"): Promise<Cluster> {
  const directory = await temporaryDirectory(session);
  const server = await startEmbeddedPostgres({
    directory,
    database: "bench",
    ...(mode === "quiet"
      ? { durable: false, settings: { autovacuum: "off", checkpoint_timeout: "1h", max_wal_size: "4GB" } }
      : {}),
  });
  session.atEnd(() => server.stop());
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  session.atEnd(() => admin.end());
  return {
    url: server.url,
    port: server.port,
    pid: server.pid,
    measureCpu: () => measureFamilyCpu(server.pid),
    async admin(sql, values) {
      const result = await admin.query(sql, values);
      // Several statements in one text give a list of results.
      return (Array.isArray(result) ? result.at(-1) : result).rows;
    },
  };
}

/** Removed at the end of the table. */
export async function temporaryDirectory(session: Session): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "ashlar-bench-"));
  session.atEnd(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { chooseAccount } from "./embedded-account.ts";
import { type EmbeddedBinaries, findEmbeddedBinaries } from "./embedded-binaries.ts";
import { answers, ensureDatabase } from "./embedded-client.ts";
import { type Cluster, dataDirectoryOf, ensureCluster } from "./embedded-data.ts";
import { EmbeddedPostgresError } from "./embedded-errors.ts";
import { claim, claimFirst, type Lease } from "./embedded-lease.ts";
import { findFreePort, isFree, readPort } from "./embedded-port.ts";
import { type Launched, launch, readPostmaster, servesDirectory } from "./embedded-process.ts";

export interface EmbeddedPostgresOptions {
  /** Holds the data, the password, the log. Made if it does not exist. One server per directory. */
  readonly directory: string;
  /** Database that `url` names, made if it does not exist. Default `postgres`. */
  readonly database?: string;
  /** Keeps a ready-made cluster to copy, several times faster than making one: for many short-lived servers. */
  readonly preparedDirectory?: string;
  /** False gives up safety from a crash of the machine for speed: for tests. Default true. */
  readonly durable?: boolean;
  /** Settings for postgresql.conf that win over the defaults here. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: (message: string) => void;
}

export interface EmbeddedPostgres {
  /** Connects as the superuser `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly password: string;
  /** False when the server was already running, started by another process or an earlier call. */
  readonly owner: boolean;
  /** Of the postmaster. */
  readonly pid: number;
  /**
   * Gives the server up; may be called again. It stops, and is waited for, unless another living process
   * uses it: then it stops with the last of them. The end of the process, however it comes, does the same.
   */
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;
const pollMs = 5;

/**
 * Starts the PostgreSQL of this directory, or joins it if it runs already. Listens on 127.0.0.1 alone,
 * asks for a password, and recovers by itself from an unclean stop.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await findEmbeddedBinaries();
  const directory = openDirectory(options.directory);
  const clusterDirectory = join(directory, "cluster");
  const account = await chooseAccount(dataDirectoryOf(clusterDirectory), [
    ...(options.preparedDirectory === undefined ? [] : [openDirectory(options.preparedDirectory)]),
    binaries.postgres,
    join(binaries.native, "lib"),
    join(binaries.native, "share"),
  ]);
  const durable = options.durable ?? true;
  const cluster = await ensureCluster({
    directory: clusterDirectory,
    preparedDirectory: options.preparedDirectory,
    durable,
    binaries,
    account,
  });
  const settings = { ...(await defaultSettings(binaries, durable)), ...options.settings };
  const server = await joinOrStart(directory, cluster, options, async (port, strangerPid) => {
    const { lease, readEnd } = await claimFirst(directory);
    try {
      const launched = await launch({
        directory,
        dataDirectory: cluster.dataDirectory,
        postgres: binaries.postgres,
        account,
        settings: { ...settings, port: String(port) },
        readEnd,
        strangerPid,
      });
      return { lease, launched };
    } catch (error) {
      lease.release();
      throw error;
    }
  });
  return present(server, cluster, options);
}

interface Server {
  readonly lease: Lease;
  readonly port: number;
  readonly pid: number;
  readonly launched?: Launched;
}

type Start = (port: number, strangerPid: number | undefined) => Promise<{ lease: Lease; launched: Launched }>;

async function joinOrStart(
  directory: string,
  cluster: Cluster,
  options: EmbeddedPostgresOptions,
  start: Start,
): Promise<Server> {
  const portFile = join(directory, "port");
  let port = readPort(portFile);
  let orphanSince: number | undefined;
  const deadline = Date.now() + startTimeoutMs;
  for (; Date.now() < deadline; await delay(pollMs)) {
    const found = readPostmaster(cluster.dataDirectory);
    if (found !== undefined && servesDirectory(found.pid, cluster.dataDirectory)) {
      if (found.status !== "ready") continue;
      const lease = claim(directory);
      if (lease !== undefined) {
        if (await answers(found.port, cluster)) return { lease, port: found.port, pid: found.pid };
        lease.release();
        continue;
      }
      // Without a watchdog it is about to stop, or the watchdog was killed and nobody will ever stop it.
      orphanSince ??= Date.now();
      if (Date.now() - orphanSince > 1000) {
        options.log?.(`stopping PostgreSQL ${found.pid}, which lost its watchdog`);
        process.kill(found.pid, "SIGINT");
        orphanSince = undefined;
      }
      continue;
    }

    if (port === undefined || !(await isFree(port))) port = await findFreePort();
    const { lease, launched } = await start(port, found?.pid);
    const failure = await untilReady(launched, cluster, deadline);
    if (failure === undefined) {
      writeFileSync(portFile, String(port), { mode: 0o600 });
      return { lease, port, pid: launched.pid, launched };
    }
    lease.release();
    // Another process was faster; or processes of a crashed server have not ended yet.
    if (/lock file "postmaster.pid"|shared memory block .* still in use/.test(failure)) continue;
    if (/could not (bind|create any TCP)/.test(failure)) {
      port = undefined;
      continue;
    }
    throw startFailed(directory, "ended while starting", failure);
  }
  throw startFailed(directory, `was not ready after ${startTimeoutMs / 1000} s`, lastLog(directory));
}

/** Waits until the launched server accepts connections; returns what it logged if it ended instead. */
async function untilReady(
  launched: Launched,
  cluster: Cluster,
  deadline: number,
): Promise<string | undefined> {
  while (Date.now() < deadline) {
    const found = readPostmaster(cluster.dataDirectory);
    if (found?.pid === launched.pid && found.status === "ready") return undefined;
    if (hasEnded(launched)) return launched.logged();
    await delay(pollMs);
  }
  return launched.logged();
}

async function present(
  server: Server,
  cluster: Cluster,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stopServer(server, cluster, options);
    return stopping;
  };
  server.launched?.watchdog.once("exit", () => {
    if (stopping === undefined) {
      options.log?.(
        `PostgreSQL ${server.pid} ended by itself:\n${lastLines(server.launched?.logged() ?? "")}`,
      );
    }
  });
  try {
    const database = options.database ?? "postgres";
    if (database !== "postgres") await ensureDatabase(server.port, cluster, database);
    return {
      url: `postgres://postgres:${cluster.password}@127.0.0.1:${server.port}/${encodeURIComponent(database)}`,
      port: server.port,
      password: cluster.password,
      owner: server.launched !== undefined,
      pid: server.pid,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stopServer(server: Server, cluster: Cluster, options: EmbeddedPostgresOptions): Promise<void> {
  if (server.lease.release().inUse) return;
  const { launched } = server;
  let deadline = Date.now() + stopTimeoutMs;
  // Not postmaster.pid, which goes a moment before the process does.
  const isServing = () => servesDirectory(server.pid, cluster.dataDirectory);
  while (launched === undefined ? isServing() : !hasEnded(launched)) {
    if (Date.now() > deadline) {
      options.log?.(`PostgreSQL ${server.pid} does not stop; forcing it, it will recover at the next start`);
      if (isServing()) process.kill(server.pid, "SIGQUIT");
      deadline = Number.POSITIVE_INFINITY;
    }
    await delay(pollMs);
  }
}

function hasEnded({ watchdog }: Launched): boolean {
  return watchdog.exitCode !== null || watchdog.signalCode !== null;
}

async function defaultSettings(
  binaries: EmbeddedBinaries,
  durable: boolean,
): Promise<Readonly<Record<string, string>>> {
  return {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "100",
    shared_buffers: "128MB",
    max_wal_size: "1GB",
    // From the first day, so that a module can be carved out online without a restart.
    wal_level: "logical",
    // CREATE DATABASE clones blocks where the file system can; a plain copy elsewhere.
    file_copy_method: "clone",
    // So that waiting for the disk can be told from computing. Costs two readings of the clock a block.
    track_io_timing: "on",
    timezone: "UTC",
    log_timezone: "UTC",
    log_checkpoints: "off",
    log_line_prefix: "%m [%p] %u@%d ",
    cluster_name: "ashlar",
    ...((await binaries.hasLibrary("pg_stat_statements"))
      ? {
          shared_preload_libraries: "pg_stat_statements",
          // Else the stamps `set local role` are what it mostly counts, at a sixth of the CPU that a stamp costs.
          "pg_stat_statements.track_utility": "off",
        }
      : {}),
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
}

function openDirectory(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK | constants.X_OK);
    return realpathSync(path);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      "ASHLAR_EMBEDDED_POSTGRES_DIRECTORY_NOT_WRITABLE",
      `The embedded PostgreSQL keeps its data in ${path}, which cannot be written: ` +
        `${(cause as Error).message}. Make it writable, choose another directory, or set DATABASE_URL.`,
      { cause },
    );
  }
}

function startFailed(directory: string, what: string, log: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "ASHLAR_EMBEDDED_POSTGRES_START_FAILED",
    `PostgreSQL ${what}. The last lines of ${join(directory, "server.log")}:\n${lastLines(log)}`,
  );
}

function lastLog(directory: string): string {
  const path = join(directory, "server.log");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

function lastLines(log: string): string {
  return log.trimEnd().split("\n").slice(-15).join("\n");
}

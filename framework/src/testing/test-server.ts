import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "../postgres/embedded-data.ts";
import { startEmbeddedPostgres } from "../postgres/index.ts";
import { atEndOfFile } from "./end-of-file.ts";

/** Names the environment variable by which a test run hands its server to the processes of its test files. */
export const TEST_SERVER_VARIABLE = "ASHLAR_TEST_SERVER";

export interface TestServer {
  /** Connects as superuser. */
  readonly url: string;
  /** Stops the server and removes its files. May be called again. */
  stop(): Promise<void>;
}

export interface TestServerOptions {
  /** Where servers keep their files while they run, and a ready-made cluster to copy. Default `.ashlar/test`. */
  readonly directory?: string;
  /** Settings for postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

const SETTINGS = {
  // A file of tests takes a pool or two, and as many files run as there are cores.
  max_connections: "300",
  // Nothing replicates from it; commits and clones write less.
  wal_level: "minimal",
  max_wal_senders: "0",
  // Tests count everything that is sent.
  "pg_stat_statements.track_utility": "on",
};

/**
 * Starts an empty PostgreSQL for one test run, in about 0.2 s (a second the first time on a machine). It gives up
 * crash safety for speed, listens on 127.0.0.1 alone and ends with this process, however that ends.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const home = options.directory ?? join(process.cwd(), ".ashlar", "test");
  await mkdir(home, { recursive: true });
  await removeAbandoned(home);
  const directory = await mkdtemp(join(home, `${SERVER_PREFIX}${process.pid}-`));
  const server = await startEmbeddedPostgres({
    directory,
    preparedDirectory: join(home, "prepared"),
    durable: false,
    settings: { ...SETTINGS, ...options.settings },
  });
  let stopped: Promise<void> | undefined;
  return {
    url: server.url,
    stop(): Promise<void> {
      stopped ??= server.stop().then(() => rm(directory, { recursive: true, force: true }));
      return stopped;
    },
  };
}

let url: Promise<string> | undefined;

/** The URL of the test run's server or, for a test file started by hand, of one for this file alone. */
export function testServerUrl(): Promise<string> {
  url ??= (async () => {
    const given = process.env[TEST_SERVER_VARIABLE];
    if (given !== undefined && given !== "") return given;
    const server = await startTestServer();
    atEndOfFile(() => server.stop());
    return server.url;
  })();
  return url;
}

const SERVER_PREFIX = "server-";

/** Removes what runs that were killed left behind. Their servers ended with them. */
async function removeAbandoned(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(SERVER_PREFIX)) continue;
    const pid = Number(name.slice(SERVER_PREFIX.length).split("-")[0]);
    // A server that is told only now that its run was killed writes its last files while they are removed.
    if (!isAlive(pid)) {
      await rm(join(home, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
  }
}

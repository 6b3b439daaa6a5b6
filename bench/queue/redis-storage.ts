import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { temporaryDirectory } from "../cluster.ts";
import { measureFamilyCpu } from "../cpu.ts";
import type { Session } from "../table.ts";

/** A Redis of the bench's own that keeps an append-only file, thrown away at the end of the table. */
export interface RedisServer {
  readonly port: number;
  measureCpu(): () => number;
}

/** `fsync` as in redis.conf: `everysec` may lose a second of jobs, `always` none. */
export async function startRedis(session: Session, fsync: "everysec" | "always"): Promise<RedisServer> {
  const port = await freePort();
  const settings = {
    port,
    bind: "127.0.0.1",
    dir: await temporaryDirectory(session),
    appendonly: "yes",
    appendfsync: fsync,
    save: "",
    // What BullMQ asks for: jobs must not be evicted.
    "maxmemory-policy": "noeviction",
  };
  const child = spawn(
    "redis-server",
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  session.atEnd(async () => {
    process.off("exit", kill);
    if (child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  });
  const isReady = Promise.withResolvers<void>();
  child.once("exit", () => isReady.reject(new Error("redis-server ended before it was ready.")));
  child.once("error", (error) => isReady.reject(error));
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.includes("Ready to accept connections")) isReady.resolve();
  });
  await isReady.promise;
  return { port, measureCpu: () => measureFamilyCpu(child.pid!) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

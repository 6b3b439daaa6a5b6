import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Cluster, temporaryDirectory } from "./cluster.ts";
import type { Session } from "./table.ts";

/** The shop as `npm start` runs it, in a process of its own. */
export interface ShopProcess {
  readonly pid: number;
  readonly port: number;
  /** From its start to the line that says it is ready. */
  readonly readySeconds: number;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("../shop/hosts/monolith/main.ts", import.meta.url));
const STOP_MS = 20_000;

/**
 * The shop with demo data on the cluster's database, until the session ends. `port` is that of the cluster, or of a
 * counter in front of it.
 */
export async function startShopOn(session: Session, cluster: Cluster, port: number): Promise<ShopProcess> {
  const url = new URL(cluster.url);
  url.port = String(port);
  const shop = await startShopProcess({
    DATABASE_URL: url.href,
    ASHLAR_DEMO: "1",
    ASHLAR_HOME: await temporaryDirectory(session),
  });
  session.atEnd(shop.stop);
  return shop;
}

export async function startShopProcess(environment: Readonly<Record<string, string>>): Promise<ShopProcess> {
  const directory = mkdtempSync(join(tmpdir(), "ashlar-bench-"));
  const logFile = join(directory, "log");
  const log = openSync(logFile, "w");
  const startedAt = performance.now();
  const child = spawn(process.execPath, [MAIN], {
    env: { ...withoutSettings(process.env), PORT: "0", ...environment },
    // Logs are written as in production. To a file: reading them here would take CPU from what is measured.
    stdio: ["ignore", "pipe", log],
  });
  closeSync(log);
  const stdout = child.stdout!;
  const ended = once(child, "exit");
  // However the bench ends: nothing else would end the shop with it.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    child.kill("SIGTERM");
    await ended;
    clearTimeout(force);
    process.off("exit", kill);
    rmSync(directory, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: stdout })) {
    const port = /^ready http:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1];
    if (port === undefined) continue;
    const readySeconds = (performance.now() - startedAt) / 1000;
    stdout.resume();
    return { pid: child.pid!, port: Number(port), readySeconds, stop };
  }
  const lastWords = readFileSync(logFile, "utf8").slice(-2000);
  await stop();
  throw new Error(`The shop ended before it was ready:\n${lastWords}`);
}

/** Settings of whoever runs the bench are not those of the bench. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const settings = /^(HOST|PORT|DATABASE_.*|ASHLAR_.*|LOG_LEVEL|POOL_SIZE)$/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !settings.test(name)));
}

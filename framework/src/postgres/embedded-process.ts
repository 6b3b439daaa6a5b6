import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Account, commandAs } from "./embedded-account.ts";
import { isAlive, serverEnvironment } from "./embedded-data.ts";
import { EmbeddedPostgresError } from "./embedded-errors.ts";

/** What PostgreSQL writes into postmaster.pid about itself. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: "starting" | "ready" | "stopping" | "unknown";
}

export function readPostmaster(dataDirectory: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDirectory, "postmaster.pid"), "utf8").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const status = lines[7]?.trim();
  return {
    pid: Number(lines[0]),
    port: Number(lines[3]),
    status: status === "starting" || status === "ready" || status === "stopping" ? status : "unknown",
  };
}

/**
 * Whether the process really serves this data directory. After a crash the number in postmaster.pid may
 * belong to any other program, in a restarted container even regularly.
 */
export function servesDirectory(pid: number, dataDirectory: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== "linux") return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(dataDirectory);
  } catch {
    // It ended in between.
    return false;
  }
}

// Runs the server, and asks it for a fast stop as soon as the pipe on file descriptor 0 has no writer
// any more, which is also so after a kill -9 of the application. Ends when the server has ended.
// The server does not inherit the pipe. Its standard output and error both go to the log.
const watchdog = `
exec 3<&0 </dev/null
"$@" 3<&- >&2 &
server=$!
echo "$server"
exec >&2
{ while read -r _ <&3; do :; done; kill -INT "$server"; } 2>/dev/null &
watcher=$!
exec 3<&-
wait "$server"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
`;

export interface LaunchOptions {
  readonly directory: string;
  readonly dataDirectory: string;
  readonly postgres: string;
  readonly account: Account;
  readonly settings: Readonly<Record<string, string>>;
  /** Read end of the lease pipe; closed here once the watchdog has it. */
  readonly readEnd: number;
  /** A pid in a left-over postmaster.pid that is known to be another program. */
  readonly strangerPid: number | undefined;
}

export interface Launched {
  readonly watchdog: ChildProcess;
  readonly pid: number;
  /** What the server has logged since this launch. */
  logged(): string;
}

/** Starts the server under its watchdog. It is not ready yet; see its postmaster.pid. */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const logFile = openLog(options.directory);
  const settings = Object.entries(options.settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = [options.postgres, "-D", options.dataDirectory, ...settings];
  const command = commandAs(options.account, "/bin/sh", ["-c", watchdog, "ashlar-postgres", ...server]);
  const child = spawn(command.file, command.args, {
    cwd: "/",
    // A session of its own: Ctrl-C in the terminal must reach the application first, so that it can
    // finish its work on a living database.
    detached: true,
    stdio: [options.readEnd, "pipe", logFile.fd],
    env: serverEnvironment(
      // Makes PostgreSQL take the left-over lock for its own, yet still look whether processes of the
      // crashed server hold its shared memory; deleting the file would skip that.
      options.strangerPid === undefined ? {} : { PG_GRANDPARENT_PID: String(options.strangerPid) },
    ),
    ...(command.uid === undefined ? {} : { uid: command.uid }),
    ...(command.gid === undefined ? {} : { gid: command.gid }),
  });
  try {
    const [line] = await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, "data"),
      once(child, "exit").then(() => [""]),
    ]);
    child.stdout?.destroy();
    child.unref();
    return { watchdog: child, pid: Number(String(line)), logged: () => logFile.since() };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      "ASHLAR_EMBEDDED_POSTGRES_START_FAILED",
      `PostgreSQL could not be started: ${(cause as Error).message}`,
      { cause },
    );
  } finally {
    closeSync(logFile.fd);
    closeSync(options.readEnd);
  }
}

const keptLogBytes = 10 * 1024 * 1024;

function openLog(directory: string): { fd: number; since(): string } {
  const path = join(directory, "server.log");
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > keptLogBytes) renameSync(path, `${path}.1`);
  const fd = openSync(path, "a", 0o600);
  const start = statSync(path).size;
  return { fd, since: () => readFileSync(path).subarray(start).toString("utf8") };
}

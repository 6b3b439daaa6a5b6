import { execFile } from "node:child_process";
import { closeSync, constants, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { isAlive } from "./embedded-data.ts";

const run = promisify(execFile);
let leases = 0;

/**
 * A process's claim on the server. All claims are write ends of one named pipe that the server's
 * watchdog reads: the kernel closes them however a process ends, and the watchdog stops the server when
 * the last is gone. So a server outlives the process that started it for as long as another uses it.
 */
export interface Lease {
  /** Gives the claim up. Returns whether another living process still holds one. */
  release(): { inUse: boolean };
}

/** Claims a server whose watchdog is alive; undefined if none listens. */
export function claim(directory: string): Lease | undefined {
  try {
    return register(directory, openSync(pipeOf(directory), constants.O_WRONLY | constants.O_NONBLOCK));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // ENXIO: nobody has the pipe open for reading.
    if (code === "ENXIO" || code === "ENOENT") return undefined;
    throw error;
  }
}

/** A claim made before the server starts, and the end of the pipe that its watchdog must read. */
export async function claimFirst(directory: string): Promise<{ lease: Lease; readEnd: number }> {
  await run("mkfifo", ["-m", "600", pipeOf(directory)]).catch((error: Error & { code: number }) => {
    // Status 1: it exists, from an earlier start or from one at the same time. Opening it tells.
    if (error.code !== 1) throw error;
  });
  // Opening one end alone blocks until the other is opened; opening both at once does not.
  const both = openSync(pipeOf(directory), constants.O_RDWR);
  try {
    const readEnd = openSync(pipeOf(directory), constants.O_RDONLY);
    return { lease: register(directory, openSync(pipeOf(directory), constants.O_WRONLY)), readEnd };
  } finally {
    closeSync(both);
  }
}

function register(directory: string, writeEnd: number): Lease {
  const users = join(directory, "users");
  const name = `${process.pid}-${++leases}`;
  mkdirSync(users, { recursive: true });
  writeFileSync(join(users, name), "");
  return {
    release() {
      rmSync(join(users, name), { force: true });
      closeSync(writeEnd);
      return { inUse: othersIn(users).length > 0 };
    },
  };
}

/** Only answers whether a stop should wait; whether the server lives on is the kernel's decision. */
function othersIn(users: string): string[] {
  return readdirSync(users).filter((name) => {
    if (isAlive(Number(name.split("-")[0]))) return true;
    rmSync(join(users, name), { force: true });
    return false;
  });
}

function pipeOf(directory: string): string {
  return join(directory, "in-use");
}

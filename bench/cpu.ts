import { readdirSync, readFileSync } from "node:fs";

/** User and system time that this process has used, in microseconds. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * Time that the process `pid` and its children have used, in microseconds; for a postmaster that is the whole
 * cluster. NaN where there is no /proc (macOS): units that need it are then left out. A child that ends between
 * two readings takes its time with it, so keep connections open while measuring.
 */
export function familyCpu(pid: number): number {
  try {
    return [pid, ...childrenOf(pid)].reduce((sum, member) => sum + cpuOf(member), 0);
  } catch {
    return Number.NaN;
  }
}

/** Time that the threads of one process have used, in microseconds; throws where there is no /proc. */
export function cpuOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // The thread, or an autovacuum worker, ended between the listing and the reading.
    }
  }
  return nanoseconds / 1000;
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

import { readdirSync, readFileSync } from "node:fs";

/** User and system time that this process has used, in microseconds. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * Starts to measure the process `pid` and its children, for a postmaster the whole cluster, and gives a function that
 * says what they have used since, in microseconds; NaN where there is no /proc (macOS): units that need it are then
 * left out. What a child that has ended meanwhile used is not in it.
 */
export function measureFamilyCpu(pid: number): () => number {
  try {
    const before = familyCpu(pid);
    return () =>
      [...familyCpu(pid)].reduce((sum, [member, micros]) => sum + micros - (before.get(member) ?? 0), 0);
  } catch {
    return () => Number.NaN;
  }
}

function familyCpu(pid: number): Map<number, number> {
  const members = new Map<number, number>();
  for (const member of [pid, ...childrenOf(pid)]) {
    try {
      members.set(member, cpuOf(member));
    } catch {
      if (member === pid) throw new Error(`There is no /proc/${pid}.`);
      // A connection was closed, or an autovacuum worker has done its work.
    }
  }
  return members;
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

import type { Child } from "./child.ts";
import type { LoadResult, LoadTask } from "./clients/http-load.ts";
import type { Cluster } from "./cluster.ts";
import { cpuOf } from "./cpu.ts";
import type { Reading } from "./harness.ts";

/** Puts load on a server and says how fast it was and what it cost, per `unit` (request, purchase). */
export async function underLoad(
  { load, cluster, pid, unit }: { load: Child; cluster: Cluster; pid: number; unit: string },
  task: LoadTask,
): Promise<Reading> {
  const nodeBefore = nodeCpu(pid);
  const measured = cluster.measureCpu();
  const { passes, elapsedMs, p50, p99 } = await load.ask<LoadResult>("run", task);
  const node = nodeCpu(pid) - nodeBefore;
  const postgres = measured();
  return {
    [`${unit}s/s`]: (passes * 1000) / elapsedMs,
    "p50 ms": p50,
    "p99 ms": p99,
    ...(Number.isNaN(node + postgres)
      ? {}
      : {
          [`CPU µs/${unit} (node + postgres)`]: (node + postgres) / passes,
          [`CPU µs/${unit} (node)`]: node / passes,
        }),
  };
}

function nodeCpu(pid: number): number {
  try {
    return cpuOf(pid);
  } catch {
    // No /proc on this system.
    return Number.NaN;
  }
}

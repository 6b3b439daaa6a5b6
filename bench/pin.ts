import { execFileSync } from "node:child_process";

/**
 * Keeps a process, and what it forks from now on, on the first core, so that client and server share one that is
 * always busy. With a core each, either sleeps while the other works, and waking a sleeping core costs more than
 * the statement does: how often that happens is chance, and it drowns what is measured. Does nothing where there
 * is no `taskset`.
 */
export function pinToOneCore(pid: number): void {
  try {
    execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", "0", String(pid)], { stdio: "ignore" });
  } catch {
    // Not Linux, or core 0 is not ours: the figures are the same, only less steady.
  }
}

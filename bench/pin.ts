import { execFileSync } from "node:child_process";
import { cpus } from "node:os";

/**
 * Keeps a process, and what it forks from now on, on the last core, so that client and server share one that is
 * always busy. With a core each, either sleeps while the other works, and waking a sleeping core costs more than
 * the statement does: how often that happens is chance, and it drowns what is measured. Does nothing where there
 * is no `taskset`.
 */
export function pinToOneCore(pid: number): void {
  try {
    execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", String(cpus().length - 1), String(pid)], {
      stdio: "ignore",
    });
  } catch {
    // Not Linux, or that core is not ours: the figures are the same, only less steady.
  }
}

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Between making the directory and writing into it. */
const YOUNG_MS = 10_000;

/**
 * A directory that one process at a time has, and works in. One that is left by a process that ended is taken over.
 */
export class BuildLock {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Null while another process has it. */
  static take(directory: string): BuildLock | null {
    for (let isRetry = false; ; isRetry = true) {
      try {
        mkdirSync(directory);
        writeFileSync(join(directory, OWNER), String(process.pid));
        return new BuildLock(directory);
      } catch (error) {
        if ((error as { code?: string }).code !== "EEXIST" || isRetry || isHeld(directory)) {
          if ((error as { code?: string }).code === "EEXIST") return null;
          throw error;
        }
        rmSync(directory, { recursive: true, force: true });
      }
    }
  }

  release(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const OWNER = "owner";

function isHeld(directory: string): boolean {
  try {
    const owner = Number(readFileSync(join(directory, OWNER), "utf8"));
    if (owner > 0) return isAlive(owner);
  } catch {
    // Not written yet, or gone again.
  }
  const made = statSync(directory, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && Date.now() - made < YOUNG_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's.
    return (error as { code?: string }).code === "EPERM";
  }
}

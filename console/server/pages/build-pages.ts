import { spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ConsoleError } from "../console-error.ts";
import { BuildLock } from "./build-lock.ts";
import { sourceFingerprint } from "./source-fingerprint.ts";

export interface BuildParts {
  /** Of the console's package. */
  readonly root: string;
  readonly signal: AbortSignal;
  /** Called when there is something to build and this process does it. */
  onBuild(): void;
  /** Called when that failed and the pages as they were built before are shown instead. */
  onFailure(error: unknown): void;
}

const POLL_MS = 200;
/** In the built pages: what they were made of. */
const STAMP = ".made-of";

/**
 * Resolves with the directory of the pages, once they are there and made of the sources as they are now. Of several
 * processes one builds them and the others wait. Throws ConsoleError ASHLAR_CONSOLE_PAGES_MISSING.
 */
export async function buildPages({ root, signal, onBuild, onFailure }: BuildParts): Promise<string> {
  const pages = join(root, "ui", "dist");
  const made = sourceFingerprint(root);
  if (made === null) {
    if (existsSync(join(pages, "index.html"))) return pages;
    throw missing("the package has neither built pages nor what they are made of; install it again");
  }
  for (;;) {
    if (stampOf(pages) === made) return pages;
    const lock = BuildLock.take(join(root, "ui", ".building"));
    if (lock === null) {
      await delay(POLL_MS, undefined, { signal });
      continue;
    }
    try {
      // Another process may have finished between the look and the lock.
      if (stampOf(pages) === made) return pages;
      onBuild();
      const draft = join(lock.directory, "dist");
      await bundle(join(root, "ui", "vite.config.ts"), draft, signal);
      writeFileSync(join(draft, STAMP), made);
      rmSync(pages, { recursive: true, force: true });
      renameSync(draft, pages);
      return pages;
    } catch (error) {
      if (signal.aborted || !existsSync(join(pages, "index.html"))) throw error;
      onFailure(error);
      return pages;
    } finally {
      lock.release();
    }
  }
}

function stampOf(pages: string): string | null {
  const stamp = join(pages, STAMP);
  return existsSync(stamp) ? readFileSync(stamp, "utf8") : null;
}

async function bundle(configFile: string, outDir: string, signal: AbortSignal): Promise<void> {
  const command = fileURLToPath(new URL("./build-command.ts", import.meta.url));
  const child = spawn(process.execPath, [command, configFile, outDir], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, NODE_ENV: "production", NODE_OPTIONS: "", NO_COLOR: "1" },
    signal,
  });
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    told = (told + text).slice(0, 4_000);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once("error", reject);
  child.once("close", (code) => {
    if (code === 0) resolve();
    else reject(missing(`they could not be built:\n${told.trim()}`));
  });
  await promise;
}

function missing(why: string): ConsoleError {
  return new ConsoleError("ASHLAR_CONSOLE_PAGES_MISSING", `The console has no pages: ${why}`);
}

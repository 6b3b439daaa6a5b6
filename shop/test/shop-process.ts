import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { CALLS_VARIABLE } from "ashlar/testing";

/**
 * True in the run of the suite that serialises the calls between modules. A process of its own calls directly, as in
 * production, so tests of processes would only repeat themselves there.
 */
export const isRepetition = process.env[CALLS_VARIABLE] === "serialised";

const MONOLITH = fileURLToPath(new URL("../hosts/monolith/", import.meta.url));
const START_TIMEOUT_MS = 30_000;

const running = new Set<ChildProcess>();
const homes: string[] = [];

// Only what a failing test left behind; a passing one stops what it starts.
after(async () => {
  for (const child of running) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  for (const home of homes) rmSync(home, { recursive: true, force: true, maxRetries: 20 });
});

type Environment = Readonly<Record<string, string | undefined>>;

/** An empty directory for a shop to keep its things in. */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "ashlar-shop-"));
  homes.push(home);
  return home;
}

/** A program of the monolith that was started as a process of its own. */
export class ShopProcess {
  readonly child: ChildProcess;
  readonly startedAt = performance.now();
  stdout = "";
  stderr = "";
  readonly #exit: Promise<number | null>;

  constructor(
    program: "main.ts" | "cli.ts",
    words: readonly string[],
    environment: Environment,
    cwd: string,
  ) {
    const { PATH, HOME } = process.env;
    this.child = spawn(process.execPath, [join(MONOLITH, program), ...words], {
      cwd,
      // Nothing else of this process's environment: a setting of the developer's must not change a test.
      env: { PATH, HOME, HOST: "127.0.0.1", PORT: "0", LOG_LEVEL: "warn", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(this.child);
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.#exit = once(this.child, "close").then(([code]) => {
      running.delete(this.child);
      return code as number | null;
    });
  }

  /** Resolves with the URL of the line `ready URL`, and how long it took; throws when the process ends before. */
  async ready(): Promise<{ url: string; afterMs: number }> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const url = /^ready (http:\/\/\S+)$/m.exec(this.stdout)?.[1];
      if (url !== undefined) return { url, afterMs: performance.now() - this.startedAt };
      const left = deadline - performance.now();
      const next = Promise.withResolvers<"output" | "timeout">();
      const heard = () => next.resolve("output");
      this.child.stdout?.once("data", heard);
      const timer = setTimeout(() => next.resolve("timeout"), left);
      const outcome = await Promise.race([next.promise, this.#exit.then(() => "exit" as const)]);
      clearTimeout(timer);
      this.child.stdout?.off("data", heard);
      if (outcome === "output") continue;
      throw new Error(`The shop is not ready (${outcome}).\n${this.stdout}\n${this.stderr}`);
    }
  }

  /** Sends the signal, if any, and resolves with the exit code once the process and its pipes are gone. */
  async ended(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined) this.child.kill(signal);
    return this.#exit;
  }
}

/** `npm start` without npm. */
export function startShop(environment: Environment): ShopProcess {
  return new ShopProcess("main.ts", [], environment, tmpdir());
}

/** `npm run shop -- ...` without npm, to its end. */
export async function runCli(
  words: readonly string[],
  environment: Environment = {},
  cwd: string = tmpdir(),
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = new ShopProcess("cli.ts", words, environment, cwd);
  const code = await program.ended();
  return { code, stdout: program.stdout, stderr: program.stderr };
}

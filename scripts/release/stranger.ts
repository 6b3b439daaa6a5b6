import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export interface Ended {
  readonly code: number | null;
  /** Both streams, in the order of arrival. */
  readonly output: string;
}

/** What a run by npm, a test or a started app leaves in the environment; how to reach the registry is kept. */
const OURS =
  /^(?:npm_(?!config_registry$)|NODE(?!_EXTRA_CA)|INIT_CWD$|ASHLAR_|DATABASE_|API_TOKEN$|HOST$|PORT$|LOG_LEVEL$)/i;

/** Somebody with a terminal in an empty folder: the machine's own Node and npm, and nothing of this repository. */
export class Stranger {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #running = new Set<ChildProcess>();

  /** `home` is for what npm keeps. Packages that this machine has fetched before are fetched again only when `cold`. */
  constructor(home: string, cold: boolean) {
    const cache = join(home, "npm-cache");
    mkdirSync(cache, { recursive: true });
    if (!cold) {
      const known = process.env.npm_config_cache ?? join(homedir(), ".npm");
      // The contents alone: what `npm exec` installs is to be gone with the trial.
      mkdirSync(join(known, "_cacache"), { recursive: true });
      symlinkSync(join(known, "_cacache"), join(cache, "_cacache"), "dir");
    }
    const path = (process.env.PATH ?? "")
      .split(delimiter)
      .filter((directory) => !directory.includes("node_modules"))
      .join(delimiter);
    const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name));
    this.#environment = {
      ...Object.fromEntries(inherited),
      PATH: path,
      npm_config_cache: cache,
      npm_config_prefer_offline: "true",
      npm_config_update_notifier: "false",
      npm_config_loglevel: "error",
      NO_COLOR: "1",
    };
  }

  /** Types a command and waits for its end, however that comes. */
  async types(
    cwd: string,
    words: readonly [string, ...string[]],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<Ended> {
    const { child, output } = this.starts(cwd, words, environment);
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output: output() };
  }

  /** Types a command and leaves it running. */
  starts(
    cwd: string,
    [file, ...args]: readonly [string, ...string[]],
    environment: NodeJS.ProcessEnv = {},
  ): { readonly child: ChildProcess; readonly output: () => string } {
    const child = spawn(file, args, {
      cwd,
      env: { ...this.#environment, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#running.add(child);
    child.once("close", () => this.#running.delete(child));
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        child.emit("wrote");
      });
    }
    return { child, output: () => output };
  }

  /** Asks everything that runs to end. What waits for it sees it fail. */
  giveUp(): void {
    for (const child of this.#running) child.kill("SIGTERM");
  }
}

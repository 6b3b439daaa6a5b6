import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ended, Stranger } from "./stranger.ts";

type Words = readonly [string, ...string[]];

export interface StartedApp {
  readonly url: string;
  /** What it wrote so far, its log included. */
  output(): string;
  /** Ends it by SIGTERM; throws unless it ends well. May be called again. */
  stop(): Promise<void>;
}

/** A project that was made, and a stranger at work in it. */
export class MadeProject {
  readonly directory: string;
  readonly #stranger: Stranger;
  readonly #running = new Set<StartedApp>();

  constructor(directory: string, stranger: Stranger) {
    this.directory = directory;
    this.#stranger = stranger;
  }

  path(file: string): string {
    return join(this.directory, file);
  }

  /** Throws, with all that was written, unless the command ends well. */
  async succeeds(words: Words, environment?: NodeJS.ProcessEnv): Promise<void> {
    const ended = await this.#stranger.types(this.directory, words, environment);
    if (ended.code !== 0) throw new Error(told(words, ended));
  }

  /** Throws unless the command fails and says so by that word. */
  async refuses(word: string, words: Words, environment?: NodeJS.ProcessEnv): Promise<void> {
    const ended = await this.#stranger.types(this.directory, words, environment);
    if (ended.code === 0) throw new Error(`${words.join(" ")} was to fail and did not:\n${ended.output}`);
    if (!ended.output.includes(word)) throw new Error(`It did not speak of "${word}". ${told(words, ended)}`);
  }

  /** Does the work while a file has another text. */
  async while(file: string, text: string, work: () => Promise<void>): Promise<void> {
    const path = this.path(file);
    const before = existsSync(path) ? readFileSync(path, "utf8") : null;
    writeFileSync(path, text);
    try {
      await work();
    } finally {
      if (before === null) rmSync(path);
      else writeFileSync(path, before);
    }
  }

  /** Starts the app and resolves once it says that it is ready. */
  async start(words: Words, environment: NodeJS.ProcessEnv): Promise<StartedApp> {
    const { child, output } = this.#stranger.starts(this.directory, words, { PORT: "0", ...environment });
    const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
    let stopped: Promise<void> | undefined;
    const started = (url: string): StartedApp => ({
      url,
      output,
      stop: () => {
        stopped ??= (async () => {
          child.kill("SIGTERM");
          const [code] = await closed;
          if (code !== 0) throw new Error(told(words, { code, output: output() }));
        })();
        return stopped;
      },
    });
    return await new Promise((resolve, reject) => {
      const look = () => {
        const [, url] = /^ready (http:\S+)/m.exec(output()) ?? [];
        if (url === undefined) return;
        child.off("wrote", look);
        const app = started(url);
        this.#running.add(app);
        resolve(app);
      };
      child.on("wrote", look);
      closed.then(([code]) => reject(new Error(told(words, { code, output: output() }))), reject);
    });
  }

  /** Ends whatever still runs, however it ends. */
  async stopAll(): Promise<void> {
    await Promise.allSettled([...this.#running].map((each) => each.stop()));
  }
}

function told(words: Words, { code, output }: Ended): string {
  return `${words.join(" ")} ended with ${code}:\n${output.trim()}`;
}

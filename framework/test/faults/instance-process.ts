import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { WorkerStats } from "../../src/jobs/index.ts";
import type { InstanceOrder, Report, Request } from "./app/instance-order.ts";

const PROGRAM = fileURLToPath(new URL("app/instance.ts", import.meta.url));
const WRONG_CLOCK = fileURLToPath(new URL("app/wrong-clock.ts", import.meta.url));
const COMPILE_CACHE = fileURLToPath(new URL("../../../.ashlar/test/compile-cache/", import.meta.url));
const ANSWER_TIMEOUT_MS = 30_000;
const KEPT_OUTPUT = 20_000;

export interface InstanceParts extends InstanceOrder {
  /** By how much its clock is wrong. */
  readonly clockWrongByMs?: number;
  /** Megabytes after which it dies of its heap. */
  readonly heapMb?: number;
}

/** One instance of the app as a process. */
export class InstanceProcess {
  readonly name: string;
  readonly child: ChildProcess;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  hasEnded = false;
  /** The end of what it logged. */
  output = "";
  readonly #heard = new Set<Report["is"]>();
  #waiting: { readonly is: Report["is"]; readonly resolve: (report: Report) => void }[] = [];

  constructor(parts: InstanceParts) {
    const { clockWrongByMs, heapMb, ...order } = parts;
    this.name = parts.name;
    const { PATH, HOME, LOG_LEVEL } = process.env;
    this.child = spawn(
      process.execPath,
      [
        ...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`]),
        ...(clockWrongByMs === undefined ? [] : ["--import", WRONG_CLOCK]),
        PROGRAM,
        JSON.stringify(order),
      ],
      {
        env: {
          PATH,
          HOME,
          // Nothing but speed: reading the sources is most of what a start costs.
          NODE_COMPILE_CACHE: COMPILE_CACHE,
          ...(LOG_LEVEL === undefined ? {} : { LOG_LEVEL }),
          ...(clockWrongByMs === undefined ? {} : { CLOCK_WRONG_BY_MS: String(clockWrongByMs) }),
        },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      },
    );
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.output = (this.output + text).slice(-KEPT_OUTPUT);
      });
    }
    this.child.on("message", (report: Report) => {
      this.#heard.add(report.is);
      const answered = this.#waiting.filter(({ is }) => is === report.is);
      this.#waiting = this.#waiting.filter(({ is }) => is !== report.is);
      for (const { resolve } of answered) resolve(report);
    });
    // A message to a process that is just being killed.
    this.child.on("error", () => {});
    this.ended = once(this.child, "close").then(([code, signal]) => {
      this.hasEnded = true;
      return (code ?? signal) as number | NodeJS.Signals;
    });
  }

  /** Resolves once the process has said so. */
  async is(state: "ready" | "working"): Promise<void> {
    if (!this.#heard.has(state)) await this.#hear(state);
  }

  go(): void {
    this.#ask("go");
  }

  async stats(): Promise<WorkerStats> {
    const heard = this.#hear("stats");
    this.#ask("stats");
    return ((await heard) as Extract<Report, { is: "stats" }>).stats;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Kills it, also when it is stopped. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  #ask(request: Request): void {
    if (this.child.connected) this.child.send(request);
  }

  async #hear(is: Report["is"]): Promise<Report> {
    const heard = Promise.withResolvers<Report>();
    this.#waiting.push({ is, resolve: heard.resolve });
    const timer = setTimeout(
      () => heard.reject(new Error(`${this.name} does not answer (${is}).\n${this.output}`)),
      ANSWER_TIMEOUT_MS,
    );
    const ended = this.ended.then((code) => {
      throw new Error(`${this.name} ended with ${code} instead of an answer (${is}).\n${this.output}`);
    });
    try {
      return await Promise.race([heard.promise, ended]);
    } finally {
      clearTimeout(timer);
      ended.catch(() => {});
    }
  }
}

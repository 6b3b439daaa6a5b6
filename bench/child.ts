import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

/** A process of the bench: every system runs in its own, so that none warms up or slows down another. */
export interface Child {
  readonly pid: number;
  /** Calls a task of the child by name. */
  ask<Output>(task: string, input?: unknown): Promise<Output>;
  stop(): Promise<void>;
}

const STOP_MS = 5_000;

/** Forks `script`, which serves tasks with `serveTasks`. */
export function startChild(script: URL, args: readonly string[] = []): Child {
  const child: ChildProcess = fork(fileURLToPath(script), args, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  child.on("message", (answer: Answer) => {
    const waiter = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("error" in answer) waiter?.reject(new Error(answer.error));
    else waiter?.resolve(answer.result as never);
  });
  child.once("exit", (code, signal) => {
    for (const { reject } of waiting.values()) {
      reject(new Error(`${fileURLToPath(script)} ended (${signal ?? code}) before it had answered.`));
    }
  });
  return {
    pid: child.pid!,
    ask: (task, input) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        child.send({ id, task, input });
      }),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      // The child ends when its channel does; so it also ends when this process dies.
      child.disconnect();
      await ended;
      clearTimeout(force);
    },
  };
}

/** The child's side: answers `ask` until the parent lets go of the channel, then runs `stop` and exits. */
export function serveTasks(
  tasks: Readonly<Record<string, (input: never) => unknown>>,
  stop: () => Promise<void> = async () => {},
): void {
  process.on("message", async ({ id, task, input }: { id: number; task: string; input: unknown }) => {
    try {
      const result = await tasks[task]!(input as never);
      process.send?.({ id, result });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.once("disconnect", () => {
    stop().finally(() => process.exit());
  });
}

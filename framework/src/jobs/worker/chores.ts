import type { Pool } from "../../postgres/index.ts";
import type { JobStore } from "../store/job-store.ts";
import { DueTimers } from "./due-timers.ts";
import { Promoter } from "./promoter.ts";
import { Rescuer } from "./rescuer.ts";
import { TaskRunner } from "./task-runner.ts";
import type { TickAnswer } from "./tick-statement.ts";
import type { BackgroundTask, WorkerLog } from "./worker-options.ts";

export interface ChoresParts {
  readonly pool: Pool;
  readonly role: string;
  /** By module. */
  readonly stores: ReadonlyMap<string, JobStore>;
  readonly tasks: readonly BackgroundTask[];
  readonly log: WorkerLog;
  readonly pollMs: number;
  readonly ring: (topics: string[]) => void;
  /** When the next job is due is to be asked. */
  readonly ask: () => void;
}

/** What a worker does beside running jobs: jobs that become due, tasks, and workers that are gone. */
export class Chores {
  readonly #promoters: ReadonlyMap<string, Promoter>;
  readonly #timers: DueTimers;
  readonly #rescuer: Rescuer;
  readonly #tasks: ReadonlyMap<string, TaskRunner>;

  constructor(parts: ChoresParts) {
    const { stores, tasks, log, ring } = parts;
    this.#promoters = new Map(
      [...stores].map(([module, store]) => [
        module,
        new Promoter({ module, store, ring, log, onPromoted: parts.ask }),
      ]),
    );
    this.#timers = new DueTimers(parts.pollMs * 2, (module) => this.#promoters.get(module)?.promote());
    this.#rescuer = new Rescuer(parts);
    this.#tasks = new Map(tasks.map((task) => [task.name, new TaskRunner(task, log)]));
  }

  start(): void {
    for (const task of this.#tasks.values()) task.start();
  }

  /** A job of the module becomes due in so many milliseconds. */
  setDue(module: string, ms: number): void {
    this.#timers.set(module, ms);
  }

  wakeUp(topic: string): void {
    for (const runner of this.#tasks.values()) if (runner.task.topic === topic) runner.run();
  }

  tick({ modules, dueTasks, gone }: TickAnswer): void {
    for (const [module, { dueInMs }] of modules) {
      if (dueInMs !== null && dueInMs <= 0) this.#promoters.get(module)?.promote();
      else if (dueInMs !== null) this.#timers.set(module, dueInMs);
    }
    for (const name of dueTasks) this.#tasks.get(name)?.run();
    this.#rescuer.rescue(gone);
  }

  /** Begins nothing more and lets what is under way end. */
  async stop(): Promise<void> {
    this.#timers.stop();
    await Promise.all([
      ...[...this.#tasks.values()].map((task) => task.stop()),
      ...[...this.#promoters.values()].map((promoter) => promoter.stop()),
      this.#rescuer.stop(),
    ]);
  }
}

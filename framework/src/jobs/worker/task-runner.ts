import { Pause } from "./pause.ts";
import type { BackgroundTask, WorkerLog } from "./worker-options.ts";

/** Runs one background task whenever it is due, never twice at a time, and until it has no more to do. */
export class TaskRunner {
  readonly task: BackgroundTask;
  readonly #log: WorkerLog;
  readonly #pause = new Pause();
  #loop: Promise<void> | undefined;
  #isRunning = false;
  #isDue = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(task: BackgroundTask, log: WorkerLog) {
    this.task = task;
    this.#log = log;
  }

  start(): void {
    const { everyMs } = this.task;
    if (everyMs === undefined) return;
    this.run();
    this.#timer = setInterval(() => this.run(), everyMs);
  }

  run(): void {
    this.#isDue = true;
    if (this.#isRunning || this.#isStopped) return;
    this.#isRunning = true;
    this.#loop = this.#runWhileDue();
  }

  /** Lets what is under way end. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#pause.end();
    await this.#loop;
  }

  async #runWhileDue(): Promise<void> {
    while (this.#isDue && !this.#isStopped) {
      this.#isDue = false;
      try {
        if (await this.task.run()) this.#isDue = true;
        this.#pause.succeeded();
      } catch (error) {
        this.#isDue = true;
        if (!this.#isStopped)
          this.#log.warn({ err: error, task: this.task.name }, "A background task failed");
        await this.#pause.wait();
      }
    }
    this.#isRunning = false;
  }
}

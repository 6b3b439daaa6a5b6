import type { InstanceProcess } from "./instance-process.ts";

/** Keeps one instance running, as the platform of a real app does: when it ends, the next one is started. */
export class Supervisor {
  readonly #start: () => InstanceProcess;
  #current: InstanceProcess;
  #isOver = false;
  /** How often the process ended by itself or was killed. */
  ends = 0;

  constructor(start: () => InstanceProcess) {
    this.#start = start;
    this.#current = this.#startNext();
  }

  get current(): InstanceProcess {
    return this.#current;
  }

  working(): Promise<void> {
    return this.#current.is("working");
  }

  /** `kill -9`; resolves when the process is gone. The next one is being started by then. */
  async killCurrent(): Promise<void> {
    await this.#current.kill();
  }

  /** From now on the end of the process is its end. */
  release(): InstanceProcess {
    this.#isOver = true;
    return this.#current;
  }

  #startNext(): InstanceProcess {
    const started = this.#start();
    void started.ended.then(() => {
      this.ends++;
      if (!this.#isOver) this.#current = this.#startNext();
    });
    return started;
  }
}

import type { App } from "../module/index.ts";
import { rolesOf } from "../postgres/index.ts";
import { idempotencyRule } from "./idempotency-key.ts";

/** How often old keys are looked for. They are kept for a day, so it need not be often. */
const SWEEP_EVERY_MS = 10 * 60_000;
/** Small enough to be over in milliseconds: a sweep must not hold a connection that requests wait for. */
const BATCH = 1_000;

/**
 * Deletes the idempotency keys that are older than a day, module by module, under the module's own role. Several
 * instances may do so at once: each deletes what it finds first.
 */
export class KeySweep {
  readonly #app: App;
  readonly #modules: readonly string[];
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(app: App) {
    this.#app = app;
    this.#modules = app.graph.modules
      .filter((module) =>
        module.routes.some((route) => route.kind === "operation" && idempotencyRule(route) !== "none"),
      )
      .map(({ name }) => name);
  }

  start(): void {
    if (this.#modules.length === 0) return;
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.sweep());
    }, SWEEP_EVERY_MS);
    // Housekeeping is no reason for a process to live on.
    this.#timer.unref();
  }

  /** Waits for a sweep in progress. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#running;
  }

  /** Never throws: what fails is logged, and tried again next time. Returns how many keys went. */
  async sweep(): Promise<number> {
    let deleted = 0;
    for (const module of this.#modules) {
      try {
        deleted += await this.#sweepModule(module);
      } catch (error) {
        this.#app.log.warn({ module, err: error }, "idempotency keys not swept");
      }
    }
    return deleted;
  }

  async #sweepModule(module: string): Promise<number> {
    const role = rolesOf(this.#app.name, module).app;
    let deleted = 0;
    for (;;) {
      const { rowCount } = await this.#app.pool.execute(role, {
        // `skip locked`: a key that is being claimed or swept by somebody else is not waited for.
        text: `delete from ${module}._idempotency
               where ctid = any(array(
                 select ctid from ${module}._idempotency
                 where created_at < now() - interval '24 hours'
                 limit ${BATCH} for update skip locked))`,
        values: [],
      });
      deleted += rowCount;
      if (rowCount < BATCH || this.#isStopped) return deleted;
    }
  }
}

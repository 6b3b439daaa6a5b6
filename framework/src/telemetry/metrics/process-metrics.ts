import { CATALOGUE } from "./catalogue.ts";
import { EventLoopDelay } from "./event-loop-delay.ts";
import { GcPauses } from "./gc-pauses.ts";
import type { Metrics } from "./metrics.ts";

/** CPU, memory, garbage collection and event loop of this process, from its construction until `stop`. */
export class ProcessMetrics {
  readonly #eventLoop: EventLoopDelay;
  readonly #gc: GcPauses;
  readonly #removals: readonly (() => void)[];

  constructor(metrics: Metrics, release: string | null = null) {
    this.#eventLoop = new EventLoopDelay(metrics);
    this.#gc = new GcPauses(metrics);
    const cpu = metrics.readings(CATALOGUE.cpu);
    const memory = metrics.readings(CATALOGUE.memory);
    this.#removals = [
      cpu.add(["user"], () => process.cpuUsage().user / 1e6),
      cpu.add(["system"], () => process.cpuUsage().system / 1e6),
      memory.add(["resident"], () => process.memoryUsage.rss()),
      memory.add(["heap_used"], () => process.memoryUsage().heapUsed),
      memory.add(["heap_total"], () => process.memoryUsage().heapTotal),
      memory.add(["external"], () => process.memoryUsage().external),
      metrics.readings(CATALOGUE.startTime).add([], () => performance.timeOrigin / 1000),
      metrics.readings(CATALOGUE.buildInfo).add([process.version, release ?? ""], () => 1),
    ];
  }

  /** May be called again. */
  stop(): void {
    this.#eventLoop.stop();
    this.#gc.stop();
    for (const remove of this.#removals) remove();
  }
}

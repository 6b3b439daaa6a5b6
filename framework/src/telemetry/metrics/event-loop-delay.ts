import { monitorEventLoopDelay } from "node:perf_hooks";
import { CATALOGUE } from "./catalogue.ts";
import type { Metrics } from "./metrics.ts";

const RESOLUTION_MS = 20;
const WINDOW_MS = 30_000;
const QUANTILES = [0.5, 0.99, 1] as const;

/**
 * How late the event loop comes to a timer. A gauge tells of the window that is open and the one before it, so that a
 * scraper which comes every 30 seconds misses no stall, and several of them do not take it from each other.
 */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #removals: (() => void)[] = [];
  readonly #before = QUANTILES.map(() => 0);
  readonly #timer: NodeJS.Timeout;

  constructor(metrics: Metrics) {
    this.#histogram.enable();
    this.#timer = setInterval(() => this.#turn(), WINDOW_MS);
    this.#timer.unref();
    const delays = metrics.readings(CATALOGUE.eventLoopDelay);
    QUANTILES.forEach((quantile, index) => {
      this.#removals.push(
        delays.add([String(quantile)], () => Math.max(this.#delay(quantile), this.#before[index]!) / 1000),
      );
    });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
    for (const remove of this.#removals.splice(0)) remove();
  }

  #turn(): void {
    QUANTILES.forEach((quantile, index) => {
      this.#before[index] = this.#delay(quantile);
    });
    this.#histogram.reset();
  }

  /** Node measures from one turn of its timer to the next, so what it finds holds the timer's own time. */
  #delay(quantile: number): number {
    if (this.#histogram.count === 0) return 0;
    const between = quantile === 1 ? this.#histogram.max : this.#histogram.percentile(quantile * 100);
    return Math.max(0, between / 1e6 - RESOLUTION_MS);
  }
}

import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { CATALOGUE } from "./catalogue.ts";
import type { DurationHistogram } from "./duration-histogram.ts";
import type { Metrics } from "./metrics.ts";

const KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weak_callbacks",
};

/** How long garbage collections take. */
export class GcPauses {
  readonly #observer: PerformanceObserver;

  constructor(metrics: Metrics) {
    const pauses = metrics.histograms(CATALOGUE.gcPause);
    const byKind = new Map<number, DurationHistogram>();
    for (const [kind, name] of Object.entries(KINDS)) byKind.set(Number(kind), pauses.with(name));
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { kind } = (entry as PerformanceEntry & { readonly detail: { readonly kind: number } }).detail;
        byKind.get(kind)?.observe(entry.duration);
      }
    });
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  stop(): void {
    this.#observer.disconnect();
  }
}

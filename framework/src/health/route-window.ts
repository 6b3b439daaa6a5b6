import { CATALOGUE, type HistogramSnapshot, type Metrics } from "../telemetry/index.ts";
import type { RouteStats } from "./route-stats.ts";

export interface RouteWindowOptions {
  /** Default 300,000. */
  readonly windowMs?: number;
  /** How often the counts are remembered. Default 15,000. */
  readonly stepMs?: number;
  /** Milliseconds of any clock that does not go back. */
  readonly now?: () => number;
}

interface Counts {
  readonly durations: HistogramSnapshot;
  /** Failures through our fault, by code. */
  readonly failures: ReadonlyMap<string, number>;
}

interface Moment {
  readonly at: number;
  readonly routes: ReadonlyMap<string, Counts>;
}

/**
 * What the routes did within the last minutes, out of metrics that count from the start of the process. It remembers
 * earlier counts whenever it is asked, so ask it steadily; a window that has just begun is shorter.
 */
export class RouteWindow {
  readonly #metrics: Metrics;
  readonly #windowMs: number;
  readonly #stepMs: number;
  readonly #now: () => number;
  readonly #moments: Moment[];

  constructor(metrics: Metrics, options: RouteWindowOptions = {}) {
    this.#metrics = metrics;
    this.#windowMs = options.windowMs ?? 300_000;
    this.#stepMs = options.stepMs ?? 15_000;
    this.#now = options.now ?? (() => performance.now());
    this.#moments = [this.#moment()];
  }

  readonly stats = (): RouteStats[] => {
    const current = this.#moment();
    const moments = this.#moments;
    while (moments.length > 1 && moments[1]!.at <= current.at - this.#windowMs) moments.shift();
    const first = moments[0]!;
    if (current.at - moments.at(-1)!.at >= this.#stepMs) moments.push(current);
    return [...current.routes].flatMap(([key, counts]) => statsOf(key, counts, first.routes.get(key)));
  };

  #moment(): Moment {
    const failures = new Map<string, Map<string, number>>();
    for (const { labels, value } of this.#metrics.counters(CATALOGUE.requestErrors)) {
      const [module, route, code, outcome] = labels as [string, string, string, string];
      if (outcome !== "failed") continue;
      const key = keyOf(module, route);
      const codes = failures.get(key) ?? new Map<string, number>();
      failures.set(key, codes.set(code, value.value));
    }
    const routes = new Map<string, Counts>();
    for (const { labels, value } of this.#metrics.histograms(CATALOGUE.requestDuration)) {
      const key = keyOf(labels[0]!, labels[1]!);
      routes.set(key, { durations: value.snapshot(), failures: failures.get(key) ?? new Map() });
    }
    return { at: this.#now(), routes };
  }
}

function statsOf(key: string, counts: Counts, before: Counts | undefined): RouteStats[] {
  const durations = before === undefined ? counts.durations : counts.durations.since(before.durations);
  if (durations.count === 0) return [];
  const codes: Record<string, number> = {};
  let errors = 0;
  for (const [code, count] of counts.failures) {
    const more = count - (before?.failures.get(code) ?? 0);
    if (more === 0) continue;
    codes[code] = more;
    errors += more;
  }
  const [module, route] = JSON.parse(key) as [string, string];
  return [{ route, module, requests: durations.count, errors, p99: durations.quantile(0.99) ?? 0, codes }];
}

function keyOf(module: string, route: string): string {
  return JSON.stringify([module, route]);
}

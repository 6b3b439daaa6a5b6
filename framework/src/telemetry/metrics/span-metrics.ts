import type { SpanKind, SpanListener } from "../span.ts";
import { CATALOGUE } from "./catalogue.ts";
import { type Metric, MOST_SERIES } from "./metric.ts";
import type { Metrics } from "./metrics.ts";
import { type SpanFamilies, SpanSeries } from "./span-series.ts";

/** Feeds rate, errors and duration by route, operation, job, subscriber and module from spans as they end. */
export class SpanMetrics {
  readonly #metrics: Metrics;
  readonly #statements: SpanFamilies;
  readonly #work: SpanFamilies;
  readonly #families: Readonly<Record<Exclude<SpanKind, "statement">, SpanFamilies>>;
  readonly #byName: Readonly<Record<SpanKind, Map<string, SpanSeries>>>;
  readonly #workByModule = new Map<string, SpanSeries>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#statements = this.#pair(CATALOGUE.statementDuration, CATALOGUE.statementErrors);
    this.#work = this.#pair(CATALOGUE.moduleDuration, CATALOGUE.moduleErrors);
    this.#families = {
      request: this.#pair(CATALOGUE.requestDuration, CATALOGUE.requestErrors),
      call: this.#pair(CATALOGUE.operationDuration, CATALOGUE.operationErrors),
      job: this.#pair(CATALOGUE.jobDuration, CATALOGUE.jobErrors),
      delivery: this.#pair(CATALOGUE.deliveryDuration, CATALOGUE.deliveryErrors),
    };
    this.#byName = {
      request: new Map(),
      call: new Map(),
      statement: new Map(),
      job: new Map(),
      delivery: new Map(),
    };
  }

  /** For the ring of spans. Allocates nothing for a name that it knows. */
  readonly ended: SpanListener = (kind, module, name, durationMs, error, failed) => {
    // The text of a statement is no label: there may be any number of them.
    const key = kind === "statement" ? module : name;
    let series = this.#byName[kind].get(key);
    if (series === undefined || series.module !== module) series = this.#open(kind, module, key);
    series.ended(durationMs, error, failed);
  };

  #open(kind: SpanKind, module: string, key: string): SpanSeries {
    const series =
      kind === "statement"
        ? new SpanSeries(module, [module], this.#statements)
        : new SpanSeries(
            module,
            [module, key],
            this.#families[kind],
            // The operation behind a request is counted already.
            kind === "request" ? null : this.#workOf(module),
          );
    const known = this.#byName[kind];
    if (known.size < MOST_SERIES) known.set(key, series);
    return series;
  }

  #workOf(module: string): SpanSeries {
    let series = this.#workByModule.get(module);
    if (series === undefined) {
      series = new SpanSeries(module, [module], this.#work);
      if (this.#workByModule.size < MOST_SERIES) this.#workByModule.set(module, series);
    }
    return series;
  }

  #pair(durations: Metric, errors: Metric): SpanFamilies {
    return { durations: this.#metrics.histograms(durations), errors: this.#metrics.counters(errors) };
  }
}

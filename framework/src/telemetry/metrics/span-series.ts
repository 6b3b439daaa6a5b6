import type { Counter } from "./counter.ts";
import type { DurationHistogram } from "./duration-histogram.ts";
import { MOST_SERIES } from "./metric.ts";
import type { SeriesFamily } from "./series-family.ts";

export interface SpanFamilies {
  readonly durations: SeriesFamily<DurationHistogram>;
  readonly errors: SeriesFamily<Counter>;
}

/** What spans of one module and name are counted in. Holds on to the series, so that none is looked up twice. */
export class SpanSeries {
  readonly module: string;
  readonly #duration: DurationHistogram;
  readonly #labels: readonly string[];
  readonly #families: SpanFamilies;
  /** What the module as a whole is counted in; null for spans that are a part of its work, or none. */
  readonly #work: SpanSeries | null;
  readonly #failures = new Map<string, Counter>();
  readonly #refusals = new Map<string, Counter>();

  /** `labels` are those of the durations. */
  constructor(
    module: string,
    labels: readonly string[],
    families: SpanFamilies,
    work: SpanSeries | null = null,
  ) {
    this.module = module;
    this.#labels = labels;
    this.#families = families;
    this.#duration = families.durations.with(...labels);
    this.#work = work;
  }

  ended(durationMs: number, error: string | null, failed: boolean): void {
    this.#duration.observe(durationMs);
    if (error !== null) this.#errors(error, failed).add();
    if (this.#work !== null) this.#work.ended(durationMs, error, failed);
  }

  #errors(code: string, failed: boolean): Counter {
    const known = failed ? this.#failures : this.#refusals;
    let counter = known.get(code);
    if (counter === undefined) {
      counter = this.#families.errors.with(...this.#labels, code, failed ? "failed" : "refused");
      if (known.size < MOST_SERIES) known.set(code, counter);
    }
    return counter;
  }
}

import type { Metric, Sample } from "./metric.ts";
import { SeriesFamily } from "./series-family.ts";

interface Reading {
  read: (() => number) | null;
}

/** Values that are read when somebody scrapes and cost nothing in between. */
export class Readings {
  readonly metric: Metric;
  readonly #family: SeriesFamily<Reading>;

  constructor(metric: Metric) {
    this.metric = metric;
    this.#family = new SeriesFamily(metric, () => ({ read: null }));
  }

  /** Lets `read` say the value from now on, in place of whoever said it before; returns what ends that. */
  add(labels: readonly string[], read: () => number): () => void {
    const reading = this.#family.with(...labels);
    reading.read = read;
    return () => {
      if (reading.read === read) reading.read = null;
    };
  }

  get isLimited(): boolean {
    return this.#family.isLimited;
  }

  /** One that throws is left out and told to `failed`. */
  *samples(failed: () => void): Generator<Sample> {
    for (const { labels, value: reading } of this.#family) {
      if (reading.read === null) continue;
      let value: number;
      try {
        value = reading.read();
      } catch {
        failed();
        continue;
      }
      yield { metric: this.metric, labels, value };
    }
  }
}

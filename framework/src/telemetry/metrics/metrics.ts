import { CATALOGUE } from "./catalogue.ts";
import { Counter } from "./counter.ts";
import { DurationHistogram } from "./duration-histogram.ts";
import { Exposition } from "./exposition.ts";
import { type Metric, MOST_SERIES, type Sample } from "./metric.ts";
import { MetricSource, type MetricSourceOptions } from "./metric-source.ts";
import { Readings } from "./readings.ts";
import { SeriesFamily } from "./series-family.ts";

type Family =
  | { readonly kind: "counters"; readonly of: SeriesFamily<Counter> }
  | { readonly kind: "histograms"; readonly of: SeriesFamily<DurationHistogram> }
  | { readonly kind: "readings"; readonly of: Readings };

/** The metrics of one app. Asking for the same metric again gives the same family. */
export class Metrics {
  readonly #families = new Map<string, Family>();
  readonly #sources = new Set<MetricSource>();
  readonly #scrapeErrors: SeriesFamily<Counter>;

  constructor() {
    this.#scrapeErrors = this.counters(CATALOGUE.scrapeErrors);
  }

  counters(metric: Metric): SeriesFamily<Counter> {
    const family = this.#family(metric, "counter", () => ({
      kind: "counters",
      of: new SeriesFamily(metric, () => new Counter()),
    }));
    return family.kind === "counters" ? family.of : mixed(metric);
  }

  histograms(metric: Metric): SeriesFamily<DurationHistogram> {
    const family = this.#family(metric, "histogram", () => ({
      kind: "histograms",
      of: new SeriesFamily(metric, () => new DurationHistogram()),
    }));
    return family.kind === "histograms" ? family.of : mixed(metric);
  }

  /** Gauges, and counters that something else keeps, such as the operating system. */
  readings(metric: Metric): Readings {
    const family = this.#family(metric, metric.type, () => ({ kind: "readings", of: new Readings(metric) }));
    return family.kind === "readings" ? family.of : mixed(metric);
  }

  /** Metrics that are asked for at a scrape. Returns what takes them away again. */
  source(name: string, read: () => Promise<readonly Sample[]>, options?: MetricSourceOptions): () => void {
    const source = new MetricSource(name, read, options);
    this.#scrapeErrors.with(name);
    this.#sources.add(source);
    return () => {
      this.#sources.delete(source);
    };
  }

  /** All of it in Prometheus' text format. What cannot be had is left out and counted; never rejects. */
  async scrape(): Promise<string> {
    const asked = await this.#ask();
    const exposition = new Exposition();
    const limited: Metric[] = [];
    for (const family of this.#families.values()) {
      // At last, so that it knows of what fails in this scrape.
      if (family.of === this.#scrapeErrors) continue;
      this.#write(exposition, family);
      if (family.of.isLimited) limited.push(family.of.metric);
    }
    for (const [metric, samples] of asked) {
      const most = metric.mostSeries ?? MOST_SERIES;
      writeValues(exposition, metric, samples.slice(0, most));
      // An age under `other` would be nobody's.
      if (samples.length > most) limited.push(metric);
    }
    writeValues(
      exposition,
      CATALOGUE.limitedSeries,
      limited.map(({ name }) => ({ labels: [name], value: 1 })),
    );
    this.#write(exposition, { kind: "counters", of: this.#scrapeErrors });
    return exposition.text();
  }

  async #ask(): Promise<Map<Metric, Sample[]>> {
    const byMetric = new Map<Metric, Sample[]>();
    const answers = await Promise.all(
      [...this.#sources].map(async (source) => ({ source, samples: await source.samples() })),
    );
    for (const { source, samples } of answers) {
      if (samples === null) this.#scrapeErrors.with(source.name).add();
      for (const sample of samples ?? []) {
        const together = byMetric.get(sample.metric);
        if (together === undefined) byMetric.set(sample.metric, [sample]);
        else together.push(sample);
      }
    }
    return byMetric;
  }

  #write(exposition: Exposition, family: Family): void {
    switch (family.kind) {
      case "counters":
        writeValues(
          exposition,
          family.of.metric,
          [...family.of].map(({ labels, value }) => ({ labels, value: value.value })),
        );
        break;
      case "readings":
        writeValues(exposition, family.of.metric, [
          ...family.of.samples(() => this.#scrapeErrors.with(family.of.metric.name).add()),
        ]);
        break;
      case "histograms": {
        const series = [...family.of];
        if (series.length > 0) exposition.head(family.of.metric);
        for (const { labels, value } of series) {
          exposition.histogram(family.of.metric, labels, value.snapshot());
        }
      }
    }
  }

  #family(metric: Metric, type: Metric["type"], create: () => Family): Family {
    if (metric.type !== type) throw new TypeError(`${metric.name} is a ${metric.type}, not a ${type}.`);
    let family = this.#families.get(metric.name);
    if (family === undefined) {
      family = create();
      this.#families.set(metric.name, family);
    }
    return family;
  }
}

/** A head without series is nothing to anybody. */
function writeValues(
  exposition: Exposition,
  metric: Metric,
  values: readonly { readonly labels: readonly string[]; readonly value: number }[],
): void {
  if (values.length === 0) return;
  exposition.head(metric);
  for (const { labels, value } of values) exposition.value(metric, labels, value);
}

function mixed({ name }: Metric): never {
  throw new TypeError(`${name} is counted in one place and read in another.`);
}

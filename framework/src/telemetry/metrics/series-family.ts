import { type Metric, MOST_SERIES, OTHER } from "./metric.ts";

export interface Series<Value> {
  readonly labels: readonly string[];
  readonly value: Value;
}

/**
 * The series of one metric by their label values. There is a limit to how many: label values that nobody foresaw
 * would otherwise fill the memory of this process and of whoever scrapes it.
 */
export class SeriesFamily<Value> {
  readonly metric: Metric;
  readonly #create: () => Value;
  readonly #most: number;
  readonly #series = new Map<string, Series<Value>>();
  #isLimited = false;

  constructor(metric: Metric, create: () => Value) {
    this.metric = metric;
    this.#create = create;
    this.#most = metric.mostSeries ?? MOST_SERIES;
  }

  /** The series of these label values, in the order of the metric's labels; `other`'s when the family is full. */
  with(...labels: readonly string[]): Value {
    const key = JSON.stringify(labels);
    const known = this.#series.get(key);
    if (known !== undefined) return known.value;
    this.#checkCount(labels);
    if (this.#series.size < this.#most) return this.#add(key, labels);
    this.#isLimited = true;
    const others = labels.map(() => OTHER);
    const otherKey = JSON.stringify(others);
    return this.#series.get(otherKey)?.value ?? this.#add(otherKey, others);
  }

  /** Whether something was counted under `other`. */
  get isLimited(): boolean {
    return this.#isLimited;
  }

  [Symbol.iterator](): Iterator<Series<Value>> {
    return this.#series.values();
  }

  #add(key: string, labels: readonly string[]): Value {
    const series = { labels, value: this.#create() };
    this.#series.set(key, series);
    return series.value;
  }

  #checkCount(labels: readonly string[]): void {
    const { name, labels: names } = this.metric;
    if (labels.length === names.length) return;
    throw new TypeError(
      `${name} takes ${names.length} label values (${names.join(", ")}), not ${labels.length}.`,
    );
  }
}

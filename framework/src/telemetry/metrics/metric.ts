export type MetricType = "counter" | "gauge" | "histogram";

/** A metric family as Prometheus knows it. */
export interface Metric {
  /** Begins with `ashlar_` and ends with its base unit, `_seconds` or `_bytes`; a counter ends with `_total`. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  /** Series beyond so many are counted together, under the label value `other`. */
  readonly mostSeries?: number;
}

/** A value that was read at a scrape. */
export interface Sample {
  readonly metric: Metric;
  readonly labels: readonly string[];
  readonly value: number;
}

/** The label value for what came after a family was full. */
export const OTHER = "other";
export const MOST_SERIES = 300;

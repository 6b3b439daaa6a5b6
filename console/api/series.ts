/** Values over time, for a chart: `values[name][i]` belongs to `times[i]`; null where nothing was measured. */
export interface Series {
  /** Ascending, evenly spaced by `stepMs`. */
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

import { lazy, Suspense, useId, useMemo, useState } from "react";
import type { Change } from "../../../api/now.ts";
import type { Series } from "../../../api/series.ts";
import { settled } from "./chart-series.ts";
import { ChartTable } from "./chart-table.tsx";
import { Icon } from "./icon.tsx";

export interface ChartLine {
  /** In `series.values`. */
  readonly name: string;
  readonly label: string;
  readonly format: (value: number) => string;
  /** A CSS colour, `var(--…)` as well. */
  readonly colour?: string;
}

export interface ChartProps {
  readonly series: Series;
  readonly lines: readonly ChartLine[];
  readonly title: string;
  /** What somebody changed, marked where it was. */
  readonly markers?: readonly Change[];
  /** In pixels. */
  readonly height?: number;
}

const Plot = lazy(() => import("./plot.tsx"));

/** Lines over time. The same numbers are there as a table, for who cannot see or point. */
export function Chart({ series, ...rest }: ChartProps) {
  // The same object until there are other numbers, since it is drawn again for another one.
  const known = useMemo(() => settled(series, Date.now()), [series]);
  const props = { ...rest, series: known };
  const [isTable, setTable] = useState(false);
  const id = useId();
  const height = props.height ?? 160;
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption className="chart-head">
        <span id={id} className="chart-title">
          {props.title}
        </span>
        <button
          type="button"
          className="button quiet small"
          aria-pressed={isTable}
          onClick={() => setTable(!isTable)}
        >
          <Icon name={isTable ? "chart" : "table"} />
          {isTable ? "Chart" : "Table"}
          <span className="unseen"> of {props.title}</span>
        </button>
      </figcaption>
      {isTable ? (
        <ChartTable {...props} />
      ) : (
        <Suspense fallback={<div style={{ blockSize: height + 24 }} />}>
          <Plot {...props} height={height} />
        </Suspense>
      )}
    </figure>
  );
}

/** The colour of the line with this index, where it has none of its own. */
export function lineColour(line: ChartLine, index: number): string {
  return line.colour ?? `var(--chart-${index % 4})`;
}

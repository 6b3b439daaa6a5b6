import type { ChartProps } from "./chart.tsx";
import { formatTime, NOTHING } from "./format.ts";
import { Table } from "./table.tsx";

/** The numbers of a chart, the latest first. */
export function ChartTable({ series, lines, title }: ChartProps) {
  const rows = series.times.map((at, index) => ({ at, index })).reverse();
  return (
    <div className="chart-table">
      <Table
        caption={title}
        rows={rows}
        rowKey={(row) => row.at}
        empty="Nothing was measured."
        columns={[
          { name: "at", label: "Time", cell: (row) => formatTime(row.at) },
          ...lines.map((line) => ({
            name: line.name,
            label: line.label,
            align: "end" as const,
            cell: (row: { readonly index: number }) => {
              const value = series.values[line.name]?.[row.index];
              return value == null ? NOTHING : line.format(value);
            },
          })),
        ]}
      />
    </div>
  );
}

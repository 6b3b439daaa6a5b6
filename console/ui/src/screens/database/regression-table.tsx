import type { RegressionView } from "../../../../api/database.ts";
import { type Column, Count, Duration, Severity, Share, Table, useFilters } from "../../elements/index.ts";
import { STATEMENT_COLUMNS } from "./statement-columns.tsx";

/** What its mean was in the hour before, and what it is in this one. */
export function RegressionTable({
  regressions,
  linked,
}: {
  readonly regressions: readonly RegressionView[];
  readonly linked: string | null;
}) {
  const filters = useFilters();
  const columns: readonly Column<RegressionView>[] = [
    ...STATEMENT_COLUMNS,
    {
      name: "before",
      label: "Mean before",
      align: "end",
      cell: ({ meanMsBefore }) => <Duration ms={meanMsBefore} />,
    },
    { name: "now", label: "Mean now", align: "end", cell: ({ meanMs }) => <Duration ms={meanMs} /> },
    {
      name: "factor",
      label: "Slower",
      cell: ({ factor }) => (
        <span className="figure">
          <Severity of="warning" word={`${factor < 10 ? factor.toFixed(1) : Math.round(factor)} times`} />
        </span>
      ),
    },
    { name: "calls", label: "Calls", align: "end", cell: ({ calls }) => <Count of={calls} /> },
    { name: "share", label: "Share", align: "end", cell: ({ share }) => <Share of={share} /> },
  ];
  return (
    <Table
      caption="Statements that take longer than in the hour before, the one with most to gain first"
      columns={columns}
      rows={regressions}
      rowKey={({ module, id }) => `${module} ${id}`}
      rowHref={({ id }) => `/database?${filters.with({ tab: "statements", statement: id })}`}
      isSelected={({ id }) => id === linked}
      empty={null}
    />
  );
}

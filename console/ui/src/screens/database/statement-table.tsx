import type { StatementView } from "../../../../api/database.ts";
import {
  type Column,
  Count,
  Duration,
  Empty,
  Table,
  useFilters,
  useModuleHue,
} from "../../elements/index.ts";
import { ShareBar } from "./share-bar.tsx";
import { STATEMENT_COLUMNS } from "./statement-columns.tsx";

export function StatementTable({
  statements,
  linked,
}: {
  readonly statements: readonly StatementView[];
  readonly linked: string | null;
}) {
  const filters = useFilters();
  const hueOf = useModuleHue();
  const columns: readonly Column<StatementView>[] = [
    ...STATEMENT_COLUMNS,
    {
      name: "share",
      label: "Share",
      cell: ({ share, module }) => <ShareBar of={share} hue={module === null ? null : hueOf(module)} />,
    },
    { name: "total", label: "Total", align: "end", cell: ({ ms }) => <Duration ms={ms} /> },
    { name: "calls", label: "Calls", align: "end", cell: ({ calls }) => <Count of={calls} /> },
    { name: "mean", label: "Mean", align: "end", cell: ({ meanMs }) => <Duration ms={meanMs} /> },
    { name: "max", label: "Slowest", align: "end", cell: ({ maxMs }) => <Duration ms={maxMs} /> },
    {
      name: "rows",
      label: "Rows a call",
      align: "end",
      cell: ({ rows, calls }) => <Count of={calls === 0 ? 0 : rows / calls} />,
    },
  ];
  return (
    <Table
      caption="Statements, the one that took most time first"
      columns={columns}
      rows={statements}
      rowKey={({ module, id }) => `${module} ${id}`}
      rowHref={({ id }) => `/database?${filters.with({ tab: "statements", statement: id })}`}
      isSelected={({ id }) => id === linked}
      empty={<Empty title="No statement was noted in this time" />}
    />
  );
}

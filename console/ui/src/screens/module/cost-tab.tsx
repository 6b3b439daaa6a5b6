import type { ModuleStatement } from "../../../../api/module.ts";
import { Bytes, Count, Duration, Empty, KeyValue, Panel, Share, Table } from "../../elements/index.ts";
import type { ModuleTab } from "./module-tab.ts";

/** What the module takes of the database, and with which statements. */
export function CostTab({ module: { name, cost, statements } }: ModuleTab) {
  return (
    <>
      <Panel title="Cost of an hour" aside="on average over the period">
        {cost === null ? (
          <Empty
            title="Nothing is known of what this module costs"
            hint="Its statements are counted once a minute from pg_stat_statements, where the database has that extension."
          />
        ) : (
          <KeyValue
            items={[
              { key: "Database time", value: <Duration ms={cost.msPerHour} /> },
              { key: "Of all of it", value: <Share of={cost.share} /> },
              { key: "Statements", value: <Count of={cost.statementsPerHour} /> },
              { key: "Rows", value: <Count of={cost.rowsPerHour} /> },
              { key: "Blocks read", value: <Count of={cost.blocksReadPerHour} /> },
              { key: "WAL written", value: <Bytes of={cost.walBytesPerHour} /> },
            ]}
          />
        )}
      </Panel>
      <Panel title="Statements that took most time" aside="in whole hours">
        <Table<ModuleStatement>
          caption="Statements that took most time"
          rows={statements}
          rowKey={({ queryId }) => queryId}
          rowHref={({ queryId }) =>
            `/database?tab=statements&module=${encodeURIComponent(name)}&statement=${encodeURIComponent(queryId)}`
          }
          empty="No statement of this module is known yet."
          columns={[
            {
              name: "text",
              label: "Statement",
              isWide: true,
              cell: ({ text }) => <code className="module-sql">{text ?? "no longer known"}</code>,
            },
            { name: "share", label: "Share", align: "end", cell: ({ share }) => <Share of={share} /> },
            { name: "time", label: "Time", align: "end", cell: ({ ms }) => <Duration ms={ms} /> },
            { name: "calls", label: "Runs", align: "end", cell: ({ calls }) => <Count of={calls} /> },
            { name: "mean", label: "Mean", align: "end", cell: ({ meanMs }) => <Duration ms={meanMs} /> },
            { name: "most", label: "Slowest", align: "end", cell: ({ maxMs }) => <Duration ms={maxMs} /> },
          ]}
        />
      </Panel>
    </>
  );
}

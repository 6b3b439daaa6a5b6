import type { ModuleJob } from "../../../../api/module.ts";
import { Panel, Table } from "../../elements/index.ts";
import type { ModuleTab } from "./module-tab.ts";
import { QueueTable } from "./queue-table.tsx";
import { workColumns } from "./work-columns.tsx";

/** What the module does by itself, and what waits for it. */
export function JobsTab({ module }: ModuleTab) {
  return (
    <>
      <Panel title="Jobs">
        <Table<ModuleJob>
          caption="Jobs"
          rows={module.jobs}
          rowKey={({ id }) => id}
          rowHref={({ name }) =>
            `/jobs?module=${encodeURIComponent(module.name)}&kind=${encodeURIComponent(name)}`
          }
          empty="The module has no jobs."
          columns={[
            { name: "name", label: "Job", isWide: true, cell: ({ name }) => <code>{name}</code> },
            { name: "queue", label: "Queue", cell: ({ queue }) => queue },
            {
              name: "schedule",
              label: "Schedule",
              cell: ({ schedules }) =>
                schedules.length === 0 ? <span className="quiet-text">none</span> : schedules.join("; "),
            },
            ...workColumns<ModuleJob>(),
          ]}
        />
      </Panel>
      <Panel title="Queues">
        <QueueTable module={module.name} queues={module.queues} />
      </Panel>
    </>
  );
}

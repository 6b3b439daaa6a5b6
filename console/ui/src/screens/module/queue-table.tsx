import type { ModuleQueueView } from "../../../../api/module.ts";
import { Count, Duration, Table } from "../../elements/index.ts";

/** What waits in the queues of a module; each leads to its jobs. */
export function QueueTable({
  module,
  queues,
}: {
  readonly module: string;
  readonly queues: readonly ModuleQueueView[];
}) {
  return (
    <Table<ModuleQueueView>
      caption={`Queues of ${module}`}
      rows={queues}
      rowKey={({ queue }) => queue}
      rowHref={({ queue }) => `/jobs?module=${encodeURIComponent(module)}&queue=${encodeURIComponent(queue)}`}
      empty="The module has no queues."
      columns={[
        { name: "queue", label: "Queue", isWide: true, cell: ({ queue }) => queue },
        {
          name: "ready",
          label: "Ready",
          align: "end",
          cell: ({ ready, isAtLeast }) => <Count of={ready} isAtLeast={isAtLeast} />,
        },
        {
          name: "age",
          label: "Oldest waits",
          align: "end",
          cell: ({ readyAgeMs }) => <Duration ms={readyAgeMs} />,
        },
        {
          name: "dead",
          label: "Dead",
          align: "end",
          cell: ({ dead, deadIsAtLeast }) => (
            <span
              className={dead > 0 ? "failed-share" : undefined}
              data-severity={dead > 0 ? "error" : undefined}
            >
              <Count of={dead} isAtLeast={deadIsAtLeast} />
            </span>
          ),
        },
      ]}
    />
  );
}

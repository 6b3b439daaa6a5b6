import type { OutboxView } from "../../../../api/events.ts";
import { type Column, Empty, formatDuration, Module, Severity, Table } from "../../elements/index.ts";
import { Bounded } from "../jobs/queue-table.tsx";

/** From when on the check of the relay fires, and when it says that it is severe. */
const LATE_MS = 10_000;
const VERY_LATE_MS = 60_000;

const COLUMNS: readonly Column<OutboxView>[] = [
  { name: "publisher", label: "Publisher", cell: ({ publisher }) => <Module name={publisher} plain /> },
  { name: "state", label: "State", cell: ({ oldestMs }) => <OutboxState oldestMs={oldestMs} /> },
  { name: "depth", label: "In the outbox", align: "end", cell: ({ depth }) => <Bounded of={depth} /> },
  {
    name: "events",
    label: "Publishes",
    isWide: true,
    cell: ({ publisher, events }) => events.map((event) => event.slice(publisher.length + 1)).join(", "),
  },
];

/** What is published and not handed over yet. */
export function OutboxTable({ outboxes }: { readonly outboxes: readonly OutboxView[] }) {
  return (
    <Table
      caption="Outboxes with what the relay has not handed over"
      columns={COLUMNS}
      rows={outboxes}
      rowKey={({ publisher }) => publisher}
      rowHref={({ publisher }) => `/events?publisher=${encodeURIComponent(publisher)}`}
      empty={<Empty title="No publisher" hint="No module of this app publishes an event." />}
    />
  );
}

function OutboxState({ oldestMs }: { readonly oldestMs: number | null }) {
  if (oldestMs === null) return <Severity of="well" word="all handed over" />;
  const severity = oldestMs > VERY_LATE_MS ? "error" : oldestMs > LATE_MS ? "warning" : "well";
  return <Severity of={severity} word={`oldest waits ${formatDuration(oldestMs)}`} />;
}

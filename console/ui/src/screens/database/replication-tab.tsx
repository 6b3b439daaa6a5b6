import type { DatabaseReplication, ReplicaView, SlotView } from "../../../../api/database.ts";
import { useShown } from "../../api/index.ts";
import {
  Ago,
  Bytes,
  type Column,
  Count,
  Duration,
  Empty,
  KeyValue,
  Panel,
  Severity,
  Table,
  Whole,
} from "../../elements/index.ts";

/** Who follows this database, how far behind, and what it keeps for them. */
export function ReplicationTab() {
  const shown = useShown<DatabaseReplication>("/database/replication");
  return (
    <Whole of={shown}>
      {({ hidden, replicas, slots, checkpoints }) => (
        <>
          {hidden !== null && (
            <p className="database-limit">
              <Severity of="blind" word="Not seen" /> {hidden}
            </p>
          )}
          <Panel title="Replicas">
            <Table
              caption="Replicas that are connected"
              columns={REPLICAS}
              rows={replicas}
              rowKey={({ name }) => name}
              empty={
                <Empty
                  title="No replica is connected"
                  hint="One that lost its connection is not listed; its slot is."
                />
              }
            />
          </Panel>
          <Panel title="Replication slots">
            <Table
              caption="Slots, the one that keeps most WAL first"
              columns={SLOTS}
              rows={slots}
              rowKey={({ name }) => name}
              empty={
                <Empty
                  title="There is no replication slot"
                  hint="A slot keeps WAL for somebody who copies the database."
                />
              }
            />
          </Panel>
          <Panel title="Checkpoints">
            <KeyValue
              items={[
                { key: "By the clock", value: <Count of={checkpoints.timed} /> },
                { key: "Forced by much WAL, or by hand", value: <Count of={checkpoints.requested} /> },
                { key: "Counted since", value: <Ago at={checkpoints.since} /> },
              ]}
            />
          </Panel>
        </>
      )}
    </Whole>
  );
}

const REPLICAS: readonly Column<ReplicaView>[] = [
  {
    name: "name",
    label: "Replica",
    isWide: true,
    cell: ({ name, address }) => `${name}${address === null ? "" : ` at ${address}`}`,
  },
  {
    name: "state",
    label: "State",
    cell: ({ isFiring, state }) => (
      <Severity of={isFiring ? "warning" : "well"} word={isFiring ? "behind" : state} />
    ),
  },
  { name: "mode", label: "Mode", cell: ({ mode }) => mode },
  { name: "behind", label: "Behind", align: "end", cell: ({ behindBytes }) => <Bytes of={behindBytes} /> },
  { name: "lag", label: "Lag", align: "end", cell: ({ lagMs }) => <Duration ms={lagMs} /> },
];

const SLOTS: readonly Column<SlotView>[] = [
  { name: "name", label: "Slot", isWide: true, cell: ({ name }) => name },
  {
    name: "state",
    label: "State",
    cell: ({ isActive, isFiring, walStatus }) => (
      <Severity
        of={walStatus === "lost" ? "error" : isFiring ? "warning" : isActive ? "well" : "note"}
        word={walStatus === "lost" ? "lost" : isActive ? (isFiring ? "behind" : "read") : "read by nobody"}
      />
    ),
  },
  { name: "kind", label: "Kind", cell: ({ kind }) => kind },
  { name: "kept", label: "WAL kept", align: "end", cell: ({ keptBytes }) => <Bytes of={keptBytes} /> },
];

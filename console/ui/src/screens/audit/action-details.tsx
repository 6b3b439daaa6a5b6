import { useQuery } from "@tanstack/react-query";
import type { ActionRecord } from "../../../../api/audit.ts";
import { get } from "../../api/index.ts";
import {
  Code,
  Duration,
  Failure,
  formatSentence,
  KeyValue,
  type KeyValueItem,
  Module,
  Time,
} from "../../elements/index.ts";
import { ActionState } from "./action-state.tsx";
import { DoneTo } from "./done-to.tsx";

const POLL_MS = 1_000;

/** All that is known of one action, and how far it is while it is under way. */
export function ActionDetails({ id }: { readonly id: string }) {
  const { data, error } = useQuery({
    queryKey: ["action", id],
    queryFn: ({ signal }) => get<ActionRecord>(`/actions/${encodeURIComponent(id)}`, signal),
    refetchInterval: ({ state }) => (state.data?.state === "under-way" ? POLL_MS : false),
  });
  if (data === undefined) return error === null ? <p role="status">Loading…</p> : <Failure problem={error} />;
  return (
    <div className="stack">
      <KeyValue items={facts(data)} />
      <h3>Input</h3>
      <Code text={JSON.stringify(data.input, null, 2)} label="Input" />
    </div>
  );
}

function facts(record: ActionRecord): KeyValueItem[] {
  const { at, finishedAt, summary, error, modules } = record;
  return [
    { key: "Action", value: <code>{record.action}</code> },
    { key: "Outcome", value: <ActionState of={record.state} /> },
    { key: "Reason", value: record.reason },
    { key: "Actor", value: <code>{record.actor}</code> },
    ...(modules.length === 0
      ? []
      : [{ key: "Module", value: modules.map((name) => <Module key={name} name={name} />) }]),
    { key: "Began", value: <Time at={at} /> },
    ...(finishedAt === null ? [] : [{ key: "Took", value: <Duration ms={finishedAt - at} /> }]),
    { key: "Done to", value: <DoneTo record={record} /> },
    ...(summary === null ? [] : [{ key: "Summary", value: formatSentence(summary) }]),
    ...(error === null ? [] : [{ key: "Error", value: formatSentence(error) }]),
  ];
}

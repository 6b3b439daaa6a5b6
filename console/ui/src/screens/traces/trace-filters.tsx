import { TRACE_KINDS, type TraceNames } from "../../../../api/traces.ts";
import { useSession, useShown } from "../../api/index.ts";
import { ChoiceFilter, Filters, formatCount, TextFilter } from "../../elements/index.ts";
import { TimeFilter } from "./time-filter.tsx";

/** What the address may say about a list of traces; the API takes the same. */
export const TRACE_FILTERS = [
  "module",
  "name",
  "kind",
  "failed",
  "error",
  "slow",
  "minMs",
  "from",
  "until",
  "trace",
];

const SLOWER_THAN = [
  { value: "100", label: "100 ms" },
  { value: "500", label: "500 ms" },
  { value: "1000", label: "1 s" },
  { value: "5000", label: "5 s" },
  { value: "30000", label: "30 s" },
];

export function TraceFilters() {
  const modules = useSession()?.modules ?? [];
  const names = useShown<TraceNames>("/trace-names").data?.names ?? [];
  return (
    <Filters label="Filter of the traces">
      <ChoiceFilter
        name="name"
        label="Route, job or operation"
        choices={names.map(({ name, kept }) => ({ value: name, label: `${name} (${formatCount(kept)})` }))}
      />
      <ChoiceFilter name="module" label="Module" choices={modules} />
      <ChoiceFilter name="kind" label="Kind" choices={TRACE_KINDS} />
      <ChoiceFilter name="failed" label="Outcome" choices={[{ value: "1", label: "Failed" }]} all="Any" />
      <ChoiceFilter name="minMs" label="Slower than" choices={SLOWER_THAN} all="Any" />
      <TimeFilter />
      <ChoiceFilter
        name="slow"
        label="Order"
        choices={[{ value: "1", label: "Slowest first" }]}
        all="Newest first"
      />
      <TextFilter name="error" label="Error code" placeholder="As in an answer" />
    </Filters>
  );
}

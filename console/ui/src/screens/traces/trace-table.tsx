import type { TraceRow } from "../../../../api/traces.ts";
import {
  Ago,
  type Column,
  Count,
  Duration,
  Empty,
  Module,
  Table,
  useModuleHue,
} from "../../elements/index.ts";
import { Outcome } from "./outcome.tsx";
import { RepeatsBadge } from "./repeats-badge.tsx";

const REASONS = { failed: "failed", slow: "slow", random: "by lot" } as const;

export function TraceTable({
  traces,
  isFiltered,
}: {
  readonly traces: readonly TraceRow[];
  readonly isFiltered: boolean;
}) {
  const hueOf = useModuleHue();
  const slowest = Math.max(...traces.map(({ durationMs }) => durationMs));
  const columns: Column<TraceRow>[] = [
    {
      name: "name",
      label: "Trace",
      isWide: true,
      cell: ({ name }) => name,
    },
    {
      name: "duration",
      label: "Duration",
      cell: ({ durationMs, module }) => (
        <span className="duration-bar" data-hue={module === null ? undefined : hueOf(module)}>
          <Duration ms={durationMs} />
          <span className="duration-track" aria-hidden="true">
            <span style={{ inlineSize: `${slowest > 0 ? (durationMs / slowest) * 100 : 0}%` }} />
          </span>
        </span>
      ),
    },
    { name: "outcome", label: "Outcome", cell: (trace) => <Outcome {...trace} /> },
    {
      name: "module",
      label: "Module",
      cell: ({ module }) =>
        module === null ? <span className="nothing">none</span> : <Module name={module} />,
    },
    { name: "kind", label: "Kind", cell: ({ kind }) => kind },
    {
      name: "statements",
      label: "Statements",
      align: "end",
      cell: ({ statementCount, repeats }) => (
        <span className="trace-statements">
          {repeats > 0 && <RepeatsBadge count={repeats} />}
          <Count of={statementCount} />
        </span>
      ),
    },
    {
      name: "reason",
      label: "Kept",
      cell: ({ reason }) => <span className="trace-reason">{REASONS[reason]}</span>,
    },
    { name: "at", label: "When", cell: ({ startedAt }) => <Ago at={startedAt} /> },
  ];
  return (
    <Table
      caption="Kept traces"
      columns={columns}
      rows={traces}
      rowKey={({ id }) => id}
      rowHref={({ traceId }) => `/traces/${traceId}`}
      empty={
        isFiltered ? (
          <Empty
            title="No kept trace is like that"
            hint="Traces that were neither failed nor slow are kept by lot only. Take a filter away, or look at a longer time."
          />
        ) : (
          <Empty
            title="No trace has been kept yet"
            hint="Those that fail are here within seconds, the slowest of a minute when it is over."
          />
        )
      }
    />
  );
}

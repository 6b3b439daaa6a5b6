import { useState } from "react";
import type { SpanView, TraceView } from "../../../../api/traces.ts";
import { type Column, Duration, Empty, Table, useFilters } from "../../elements/index.ts";
import { ModuleOrNone } from "./module-times.tsx";
import { Outcome } from "./outcome.tsx";

const STEP = 200;

/** The spans as figures, in the order of the tree. */
export function SpanTable({
  trace,
  selected,
}: {
  readonly trace: TraceView;
  readonly selected: string | null;
}) {
  const filters = useFilters();
  const [most, setMost] = useState(STEP);
  const columns: Column<SpanView>[] = [
    { name: "name", label: "Span", isWide: true, cell: ({ name }) => name },
    { name: "level", label: "Level", align: "end", cell: ({ depth }) => depth + 1 },
    { name: "kind", label: "Kind", cell: ({ kind }) => kind },
    { name: "module", label: "Module", cell: ({ module }) => <ModuleOrNone name={module} /> },
    { name: "start", label: "Began after", align: "end", cell: ({ offsetMs }) => <Duration ms={offsetMs} /> },
    { name: "duration", label: "Took", align: "end", cell: ({ durationMs }) => <Duration ms={durationMs} /> },
    { name: "own", label: "Itself", align: "end", cell: ({ ownMs }) => <Duration ms={ownMs} /> },
    { name: "outcome", label: "Outcome", cell: (span) => <Outcome {...span} /> },
  ];
  return (
    <div>
      <Table
        caption="Spans of the trace"
        columns={columns}
        rows={trace.spans.slice(0, most)}
        rowKey={({ key }) => key}
        rowHref={({ key }) => `/traces/${trace.traceId}?${filters.with({ span: key })}`}
        isSelected={({ key }) => key === selected}
        empty={<Empty title="No span was kept" />}
      />
      {trace.spans.length > most && (
        <button type="button" className="button" onClick={() => setMost(most + STEP)}>
          Show more
        </button>
      )}
    </div>
  );
}

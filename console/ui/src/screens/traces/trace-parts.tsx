import { Link } from "wouter";
import type { TracePart, TraceView } from "../../../../api/traces.ts";
import { type Column, Duration, Empty, formatDuration, Table, useFilters } from "../../elements/index.ts";
import { ModuleOrNone } from "./module-times.tsx";
import { Outcome } from "./outcome.tsx";

/** The request and the jobs and deliveries that followed from it, in other processes too. */
export function TraceParts({ trace }: { readonly trace: TraceView }) {
  const filters = useFilters();
  const names = new Map(trace.spans.map(({ key, name }) => [key, name]));
  const columns: Column<TracePart>[] = [
    { name: "name", label: "Part", isWide: true, cell: ({ name }) => name },
    { name: "kind", label: "Kind", cell: ({ kind }) => kind },
    { name: "module", label: "Module", cell: ({ module }) => <ModuleOrNone name={module} /> },
    {
      name: "after",
      label: "Began after",
      align: "end",
      cell: ({ startedAt }) => formatDuration(startedAt - trace.startedAt),
    },
    {
      name: "duration",
      label: "Duration",
      align: "end",
      cell: ({ durationMs }) => <Duration ms={durationMs} />,
    },
    { name: "outcome", label: "Outcome", cell: (part) => <Outcome {...part} /> },
    {
      name: "from",
      label: "Follows from",
      cell: ({ follows, isContinued }) =>
        follows !== null ? (
          <Link className="cell-link" href={`/traces/${trace.traceId}?${filters.with({ span: follows })}`}>
            {names.get(follows)}
          </Link>
        ) : (
          <span className="quiet-text">{isContinued ? "elsewhere" : "–"}</span>
        ),
    },
    {
      name: "job",
      label: "Job",
      cell: ({ job }) =>
        job === null ? (
          <span className="nothing">–</span>
        ) : (
          <Link className="cell-link" href={job}>
            {jobId(job)}
          </Link>
        ),
    },
  ];
  return (
    <Table
      caption="Parts of the trace"
      columns={columns}
      rows={trace.parts}
      rowKey={({ root }) => root}
      rowHref={({ root }) => `/traces/${trace.traceId}?${filters.with({ span: root })}`}
      empty={<Empty title="No part was kept" />}
    />
  );
}

function jobId(href: string): string {
  return decodeURIComponent(href.slice(href.lastIndexOf("/") + 1));
}

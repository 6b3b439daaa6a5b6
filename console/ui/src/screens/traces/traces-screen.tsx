import type { TracePage } from "../../../../api/traces.ts";
import { useShown } from "../../api/index.ts";
import { Page, Pager, Panel, useFilters, Whole } from "../../elements/index.ts";
import { TRACE_FILTERS, TraceFilters } from "./trace-filters.tsx";
import { TraceIdBox } from "./trace-id-box.tsx";
import { TraceTable } from "./trace-table.tsx";
import "./traces.css";

/** Kept traces, to be found by what is known of them. */
export default function TracesScreen() {
  const filters = useFilters();
  const query = new URLSearchParams(filters.on("", TRACE_FILTERS).slice(1));
  const before = filters.get("before");
  if (before !== null) query.set("after", before);
  const shown = useShown<TracePage>(query.size === 0 ? "/traces" : `/traces?${query}`);
  const isSlowest = filters.get("slow") === "1";
  return (
    <Page
      title="Traces"
      lede="Requests, jobs and deliveries that failed, were among the slowest of their minute, or were drawn by lot."
      actions={<TraceIdBox />}
    >
      <TraceFilters />
      <Whole of={shown}>
        {(page) => (
          <>
            <Panel title={isSlowest ? "Slowest first" : "Newest first"}>
              <TraceTable traces={page.traces} isFiltered={query.size > 0} />
            </Panel>
            <Pager
              newest={before === null ? null : filters.on("/traces", TRACE_FILTERS)}
              older={page.next === null ? null : `/traces?${filters.with({ before: page.next })}`}
            />
          </>
        )}
      </Whole>
    </Page>
  );
}

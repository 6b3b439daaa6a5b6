import { Link, useLocation } from "wouter";
import type { TraceView } from "../../../../api/traces.ts";
import { countOf, Panel, useFilters } from "../../elements/index.ts";
import { SpanDetails } from "./span-details.tsx";
import { SpanTable } from "./span-table.tsx";
import { axisOf, isMostlyGaps } from "./span-tree.ts";
import { Waterfall } from "./waterfall.tsx";

/** The spans of a trace, along its time or as a table, and one of them in detail. */
export function SpanPanel({ trace }: { readonly trace: TraceView }) {
  const filters = useFilters();
  const [path, navigate] = useLocation();
  const isTable = filters.get("view") === "table";
  const axis = filters.get("axis") ?? (isMostlyGaps(trace) ? "parts" : "whole");
  const selected = trace.spans.find(({ key }) => key === filters.get("span")) ?? null;
  // Looking around in a trace is no new page of the history.
  const select = (span: string | null) => {
    const query = filters.with({ span });
    navigate(query === "" ? path : `${path}?${query}`, { replace: true });
  };
  return (
    <Panel
      title={`${countOf(trace.spans.length, "span")}, ${countOf(trace.statementCount, "statement")}`}
      aside={
        <>
          {trace.parts.length > 1 && !isTable && (
            <Switch
              label="Time axis"
              path={path}
              options={[
                {
                  label: "Whole trace",
                  query: filters.with({ axis: "whole" }),
                  isCurrent: axis === "whole",
                },
                {
                  label: "Part by part",
                  query: filters.with({ axis: "parts" }),
                  isCurrent: axis === "parts",
                },
              ]}
            />
          )}
          <Switch
            label="View"
            path={path}
            options={[
              { label: "Waterfall", query: filters.with({ view: null }), isCurrent: !isTable },
              { label: "Table", query: filters.with({ view: "table" }), isCurrent: isTable },
            ]}
          />
        </>
      }
    >
      <div className="span-panel" data-has-details={selected === null ? undefined : ""}>
        {isTable ? (
          <SpanTable trace={trace} selected={selected?.key ?? null} />
        ) : (
          <Waterfall
            trace={trace}
            axis={axisOf(trace, axis === "parts")}
            selected={selected?.key ?? null}
            onSelect={select}
          />
        )}
        {selected !== null && <SpanDetails trace={trace} span={selected} onClose={() => select(null)} />}
      </div>
    </Panel>
  );
}

function Switch({
  label,
  path,
  options,
}: {
  readonly label: string;
  readonly path: string;
  readonly options: readonly {
    readonly label: string;
    readonly query: string;
    readonly isCurrent: boolean;
  }[];
}) {
  return (
    <nav className="switch" aria-label={label}>
      {options.map(({ label: text, query, isCurrent }) => (
        <Link
          key={text}
          href={query === "" ? path : `${path}?${query}`}
          replace
          aria-current={isCurrent ? "true" : undefined}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}

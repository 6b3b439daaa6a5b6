import { Link } from "wouter";
import type { StatementDetail } from "../../../../api/database.ts";
import { Chart, Code, Count, Duration, Empty, Module, Panel, useFilters } from "../../elements/index.ts";
import { Facts } from "./facts.tsx";

const HOURS = 48;

/** One statement, by the hour, so that one sees since when it takes so long. */
export function StatementDetails({ id, of }: { readonly id: string; readonly of: StatementDetail | null }) {
  const filters = useFilters();
  const close = (
    <Link
      className="button quiet small"
      href={`/database?${filters.with({ tab: "statements", statement: null })}`}
    >
      Close
    </Link>
  );
  if (of === null) {
    return (
      <Panel title="Statement" aside={close}>
        <Empty
          title={`Statement ${id} is not known`}
          hint="Of each module and hour the fifty dearest are noted, and PostgreSQL forgets those that hardly ever run."
        />
      </Panel>
    );
  }
  const { text, module, calls, ms, rows, meanMs, maxMs, hours, isNew } = of;
  return (
    <div data-selected="">
      <Panel title="Statement" aside={close}>
        <div className="statement-details">
          {text === null ? (
            <p className="aside-text">PostgreSQL had dropped its text.</p>
          ) : (
            <Code text={text} label="Statement" />
          )}
          <Facts
            items={[
              ["Module", module === null ? "no module" : <Module key="module" name={module} />],
              [isNew ? "Calls" : `Calls in ${HOURS} hours`, <Count key="calls" of={calls} />],
              ["Mean", <Duration key="mean" ms={meanMs} />],
              ["Slowest", <Duration key="slowest" ms={maxMs} />],
              ["Time in all", <Duration key="time" ms={ms} />],
              ["Rows a call", <Count key="rows" of={calls === 0 ? 0 : rows / calls} />],
            ]}
          />
          {isNew ? (
            <p className="aside-text">
              So far PostgreSQL alone has counted it; its hours come with the next minute.
            </p>
          ) : (
            <Chart
              series={hours}
              title="Mean duration, hour by hour"
              lines={[{ name: "mean", label: "Mean", format: duration }]}
            />
          )}
        </div>
      </Panel>
    </div>
  );
}

function duration(ms: number): string {
  return ms < 1_000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

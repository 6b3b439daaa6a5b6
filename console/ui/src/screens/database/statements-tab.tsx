import { DATABASE_RANGES, type DatabaseStatements } from "../../../../api/database.ts";
import { useSession, useShown } from "../../api/index.ts";
import {
  Chart,
  ChoiceFilter,
  Code,
  Empty,
  Filters,
  formatDuration,
  moduleColour,
  Panel,
  Severity,
  useFilters,
  useModuleHue,
  Whole,
} from "../../elements/index.ts";
import { useLinked } from "./linked.ts";
import { ModuleShares } from "./module-shares.tsx";
import { RegressionTable } from "./regression-table.tsx";
import { StatementDetails } from "./statement-details.tsx";
import { StatementTable } from "./statement-table.tsx";

const LABELS = {
  "1h": "Last hour",
  "6h": "Last 6 hours",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
} as const;
/** More curves than these are no longer told apart. */
const MOST_LINES = 6;

/** Which module takes the database's time, and with which statements. */
export function StatementsTab() {
  const filters = useFilters();
  const modules = useSession()?.modules ?? [];
  const shown = useShown<DatabaseStatements>(
    filters.on("/database/statements", ["range", "module", "statement"]),
  );
  return (
    <>
      <Filters label="Filter of the statements">
        <ChoiceFilter
          name="range"
          label="Over"
          choices={DATABASE_RANGES.map((range) => ({ value: range, label: LABELS[range] }))}
          all={null}
        />
        <ChoiceFilter name="module" label="Module" choices={modules} />
      </Filters>
      <Whole of={shown}>{(data) => <Statements data={data} linked={filters.get("statement")} />}</Whole>
    </>
  );
}

function Statements({ data, linked }: { readonly data: DatabaseStatements; readonly linked: string | null }) {
  const hueOf = useModuleHue();
  const around = useLinked(linked, data.statement?.id === linked);
  const lines = data.modules
    .filter(({ module }) => data.module === null || module === data.module)
    .slice(0, MOST_LINES);
  return (
    <div ref={around} className="database-statements">
      {data.obstacle !== null && (
        <Panel title="Nothing new is noted">
          <p className="database-limit">
            <Severity of="blind" word="Blind" /> {data.obstacle.reason}
          </p>
          <Code text={data.obstacle.remedy} label="What a superuser of the database would run" />
        </Panel>
      )}
      {linked !== null && <StatementDetails id={linked} of={data.statement} />}
      {data.regressions.length > 0 && (
        <Panel title="Slower than an hour before">
          <RegressionTable regressions={data.regressions} linked={linked} />
        </Panel>
      )}
      <div className="database-pair">
        <Panel title="Time in the database by module">
          <ModuleShares modules={data.modules} chosen={data.module} />
        </Panel>
        <Panel title="Over time">
          {lines.length === 0 ? (
            <Empty
              title="Nothing was noted in this time"
              hint="What statements cost is read once a minute."
            />
          ) : (
            <Chart
              series={data.time}
              title="Time in the database, per second"
              height={180}
              lines={lines.map(({ module }) => ({
                name: module ?? "",
                label: module ?? "no module",
                format: formatDuration,
                colour: module === null ? "var(--chart-3)" : moduleColour(hueOf(module)),
              }))}
            />
          )}
        </Panel>
      </div>
      <Panel title="Statements that took most time">
        <StatementTable statements={data.top} linked={linked} />
      </Panel>
    </div>
  );
}

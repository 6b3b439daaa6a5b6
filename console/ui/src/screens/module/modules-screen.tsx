import "./module.css";
import type { ModuleList, ModuleRow } from "../../../../api/module.ts";
import { useShown } from "../../api/index.ts";
import {
  countOf,
  Duration,
  Filters,
  formatRate,
  Module,
  Page,
  Panel,
  Severity,
  Share,
  Table,
  TextFilter,
  Time,
  useFilters,
  Whole,
} from "../../elements/index.ts";
import { Failed } from "./failed.tsx";
import { Owners } from "./owners.tsx";

/** All modules of the app. */
export default function ModulesScreen() {
  const filters = useFilters();
  const shown = useShown<ModuleList>("/modules");
  const text = (filters.get("text") ?? "").toLowerCase();
  return (
    <Page
      title="Modules"
      lede={
        <>
          What each of them did
          {shown.data !== undefined && (
            <>
              {" in the five minutes up to "}
              <Time at={shown.data.until} />
            </>
          )}
        </>
      }
    >
      <Filters>
        <TextFilter name="text" label="Module or owner" />
      </Filters>
      <Whole of={shown}>
        {({ modules }) => (
          <ModuleTable
            modules={modules.filter(({ name, owners }) =>
              [name, ...owners].some((each) => each.toLowerCase().includes(text)),
            )}
          />
        )}
      </Whole>
    </Page>
  );
}

function ModuleTable({ modules }: { readonly modules: readonly ModuleRow[] }) {
  return (
    <Panel title="Modules" aside={countOf(modules.length, "module")}>
      <Table<ModuleRow>
        caption="Modules"
        rows={modules}
        rowKey={({ name }) => name}
        rowHref={({ name }) => `/modules/${encodeURIComponent(name)}`}
        empty="No module is called so, nor has such an owner."
        columns={[
          { name: "name", label: "Module", isWide: true, cell: ({ name }) => <Module name={name} plain /> },
          {
            name: "state",
            label: "State",
            cell: ({ firing }) =>
              firing === null ? <Severity of="well" /> : <Severity of={firing.severity} />,
          },
          { name: "rate", label: "Rate", align: "end", cell: ({ work }) => formatRate(work.perSecond) },
          { name: "failed", label: "Failed", align: "end", cell: ({ work }) => <Failed work={work} /> },
          { name: "p99", label: "p99", align: "end", cell: ({ work }) => <Duration ms={work.p99Ms} /> },
          {
            name: "database",
            label: "Database time",
            align: "end",
            cell: ({ database }) => <Share of={database?.share} />,
          },
          { name: "owners", label: "Owners", cell: ({ owners }) => <Owners of={owners} /> },
        ]}
      />
    </Panel>
  );
}

import "./module.css";
import { useParams } from "wouter";
import { MODULE_RANGES, type ModuleView } from "../../../../api/module.ts";
import { useShown } from "../../api/index.ts";
import { ChoiceFilter, Filters, Page, Tabs, useFilters, Whole } from "../../elements/index.ts";
import { ContractTab } from "./contract-tab.tsx";
import { CostTab } from "./cost-tab.tsx";
import { DocumentsTab } from "./documents-tab.tsx";
import { EventsTab } from "./events-tab.tsx";
import { JobsTab } from "./jobs-tab.tsx";
import { ModuleLinks } from "./module-links.tsx";
import { NeighboursTab } from "./neighbours-tab.tsx";
import { OverviewTab } from "./overview-tab.tsx";

const TABS = [
  { name: "overview", label: "Overview", shows: OverviewTab },
  { name: "operations", label: "Operations", shows: ContractTab },
  { name: "jobs", label: "Jobs", shows: JobsTab },
  { name: "events", label: "Events", shows: EventsTab },
  { name: "neighbours", label: "Neighbours", shows: NeighboursTab },
  { name: "cost", label: "Cost", shows: CostTab },
  { name: "documents", label: "Documents", shows: DocumentsTab },
] as const;

const RANGES = {
  "1h": "Last hour",
  "6h": "Last 6 hours",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
} as const;

/** One module: how it does, what it has, what it needs, what it costs, whose it is. */
export default function ModuleScreen() {
  const { name = "" } = useParams<{ name: string }>();
  const filters = useFilters();
  const path = `/modules/${encodeURIComponent(name)}`;
  const shown = useShown<ModuleView>(filters.on(path, ["range"]));
  const { data } = shown;
  const current = TABS.find((tab) => tab.name === filters.get("tab")) ?? TABS[0];
  return (
    <Page
      title={name}
      lede={
        data !== undefined && (
          <>
            {data.owners.length === 0 ? "No owner in CODEOWNERS" : `Owned by ${data.owners.join(", ")}`}
            {data.directory !== null && (
              <>
                {" · "}
                <code>{data.directory}</code>
              </>
            )}
          </>
        )
      }
      actions={
        <div className="module-actions">
          <Filters label="Period">
            <ChoiceFilter
              name="range"
              label="Over"
              choices={MODULE_RANGES.map((range) => ({ value: range, label: RANGES[range] }))}
              all={null}
            />
          </Filters>
          <ModuleLinks module={name} />
        </div>
      }
    >
      <Tabs
        label="Parts of the module"
        items={TABS.map((tab) => ({
          href: `${path}?${filters.with({ tab: tab.name })}`,
          label: tab.label,
          isCurrent: tab === current,
        }))}
      />
      <Whole of={shown}>{(module) => <current.shows module={module} refetch={shown.refetch} />}</Whole>
    </Page>
  );
}

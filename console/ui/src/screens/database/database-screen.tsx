import "./database.css";
import { Page, Tabs, useFilters } from "../../elements/index.ts";
import { NowTab } from "./now-tab.tsx";
import { ReplicationTab } from "./replication-tab.tsx";
import { StatementsTab } from "./statements-tab.tsx";
import { TablesTab } from "./tables-tab.tsx";

const TABS = [
  { name: "now", label: "Now", shows: NowTab },
  { name: "statements", label: "Statements", shows: StatementsTab },
  { name: "tables", label: "Tables", shows: TablesTab },
  { name: "replication", label: "Replication", shows: ReplicationTab },
] as const;

/** What the database does now, what takes its time, what takes its room, and who follows it. */
export default function DatabaseScreen() {
  const filters = useFilters();
  // A link to a statement need not say where statements are.
  const named = filters.get("tab") ?? (filters.has("statement") ? "statements" : "now");
  const { shows: Shown, name } = TABS.find((tab) => tab.name === named) ?? TABS[0];
  return (
    <Page title="Database" lede="Who holds it up, what takes its time, and how full it is.">
      <Tabs
        label="Parts of the database"
        items={TABS.map((tab) => ({
          href: `/database?${filters.with({ tab: tab.name, session: null, statement: null })}`,
          label: tab.label,
          isCurrent: tab.name === name,
        }))}
      />
      <Shown />
    </Page>
  );
}

import type { Deploys, InstanceView, MigrationView, ReleaseView } from "../../../../api/deploys.ts";
import { useSession, useShown } from "../../api/index.ts";
import {
  Ago,
  ChoiceFilter,
  type Column,
  Count,
  Duration,
  Empty,
  Failure,
  Filters,
  Module,
  Page,
  Panel,
  Severity,
  Table,
  Time,
  useFilters,
} from "../../elements/index.ts";
import { ChangeList } from "../now/change-list.tsx";
import { ChangeAxis } from "./change-axis.tsx";
import "../now/now.css";
import "./deploys.css";

const MOST_CHANGES = 20;

/** What runs, since when, and what was changed with it. */
export default function DeploysScreen() {
  const filters = useFilters();
  const modules = useSession()?.modules ?? [];
  const { data, error } = useShown<Deploys>(filters.on("/deploys", ["module"]));
  return (
    <Page
      title="Deploys"
      lede="Which releases and instances run, which migrations were applied, and who changed what."
    >
      <Filters>
        <ChoiceFilter name="module" label="Module" choices={[...modules, "ashlar"]} />
      </Filters>
      {data === undefined ? error !== null && <Failure problem={error} /> : <DeploysParts deploys={data} />}
    </Page>
  );
}

function DeploysParts({ deploys }: { readonly deploys: Deploys }) {
  const { instances, releases, migrations, pending, changes } = deploys;
  return (
    <>
      {pending !== null && pending.length > 0 && <Pending pending={pending} />}
      <Panel
        title="Instances"
        aside={`${instances.filter(({ state }) => state === "running").length} running`}
      >
        <Table
          caption="Instances, those that run first"
          columns={INSTANCE}
          rows={instances}
          rowKey={({ id }) => id}
          empty={<Empty title="No instance is known" hint="Each notes itself as it starts." />}
        />
        {deploys.areMoreInstances && <p className="quiet-text">There are more that have ended.</p>}
      </Panel>
      <Panel title="Releases">
        <Table
          caption="Releases, the latest first"
          columns={RELEASE}
          rows={releases}
          rowKey={({ release }) => release ?? ""}
          empty={<Empty title="No release is known" />}
        />
      </Panel>
      <Panel
        title="What changed within a week"
        aside={changes.length > MOST_CHANGES && `the latest ${MOST_CHANGES} of ${changes.length}`}
      >
        <ChangeAxis changes={changes} />
        <ChangeList changes={changes.slice(0, MOST_CHANGES)} empty="Nothing changed within a week" />
      </Panel>
      <Panel title="Migrations">
        <Table
          caption="Migrations that were applied, the latest first"
          columns={MIGRATION}
          rows={migrations}
          rowKey={({ module, source, version }) => `${module} ${source} ${version}`}
          empty={<Empty title="No migration was applied" />}
        />
        {deploys.areMoreMigrations && (
          <p className="quiet-text">There are more; choose a module to see them.</p>
        )}
      </Panel>
    </>
  );
}

/** Files that lie beside the running instance but were not there when it started. */
function Pending({ pending }: { readonly pending: NonNullable<Deploys["pending"]> }) {
  return (
    <Panel title="Not applied yet">
      <p>These files are beside this instance but not in the database; they are applied by the next start.</p>
      <ul className="now-blind">
        {pending.map(({ module, file }) => (
          <li key={`${module} ${file}`}>
            <Severity of="note" word={file} />
            <Module name={module} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const STATES = {
  running: { of: "well", word: "Running" },
  gone: { of: "warning", word: "Gone" },
} as const;

const INSTANCE: readonly Column<InstanceView>[] = [
  {
    name: "state",
    label: "State",
    cell: ({ state }) => (state === "stopped" ? "Stopped" : <Severity {...STATES[state]} />),
  },
  {
    name: "process",
    label: "Process",
    isWide: true,
    cell: ({ host, pid }) => <code>{`${host}:${pid}`}</code>,
  },
  { name: "release", label: "Release", cell: ({ release }) => release ?? <span className="nothing">–</span> },
  { name: "started", label: "Started", cell: ({ startedAt }) => <Time at={startedAt} /> },
  {
    name: "until",
    label: "Last seen",
    cell: ({ state, seenAt, stoppedAt }) =>
      state === "stopped" ? (
        <>
          stopped <Ago at={stoppedAt} />
        </>
      ) : (
        <Ago at={seenAt} />
      ),
  },
];

const RELEASE: readonly Column<ReleaseView>[] = [
  {
    name: "release",
    label: "Release",
    isWide: true,
    cell: ({ release }) => release ?? <span className="nothing">not told</span>,
  },
  { name: "first", label: "First seen", cell: ({ firstAt }) => <Time at={firstAt} /> },
  { name: "last", label: "Last seen", cell: ({ lastSeenAt }) => <Ago at={lastSeenAt} /> },
  { name: "running", label: "Running", align: "end", cell: ({ running }) => <Count of={running} /> },
  { name: "instances", label: "Instances", align: "end", cell: ({ instances }) => <Count of={instances} /> },
];

const MIGRATION: readonly Column<MigrationView>[] = [
  { name: "module", label: "Module", cell: ({ module }) => <Module name={module} plain /> },
  {
    name: "name",
    label: "Migration",
    isWide: true,
    cell: ({ source, version, name }) => (
      <>
        <code>{`${String(version).padStart(4, "0")} ${name}`}</code>
        {source === "framework" && <span className="quiet-text"> of the framework</span>}
      </>
    ),
  },
  { name: "at", label: "Applied", cell: ({ at }) => <Time at={at} /> },
  { name: "duration", label: "Took", align: "end", cell: ({ durationMs }) => <Duration ms={durationMs} /> },
];

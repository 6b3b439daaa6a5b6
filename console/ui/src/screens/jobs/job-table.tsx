import type { JobRow } from "../../../../api/jobs.ts";
import { Ago, type Column, Empty, Module, Table } from "../../elements/index.ts";
import { jobHref } from "./job-filter.ts";
import { JobState } from "./job-state.tsx";

/** A page of jobs; rows are selected for actions on just these. */
export function JobTable({
  jobs,
  selection,
  onSelect,
  empty,
}: {
  readonly jobs: readonly JobRow[];
  /** Null for those who may not act. */
  readonly selection: ReadonlySet<string> | null;
  readonly onSelect: (id: string, isSelected: boolean) => void;
  readonly empty: { readonly title: string; readonly hint: string };
}) {
  const select: Column<JobRow> = {
    name: "select",
    label: "Select",
    align: "end",
    cell: ({ id }) => (
      <input
        type="checkbox"
        aria-label={`Select ${id}`}
        checked={selection?.has(id) ?? false}
        onChange={(event) => onSelect(id, event.target.checked)}
      />
    ),
  };
  return (
    <Table
      caption="Jobs"
      columns={selection === null ? COLUMNS : [...COLUMNS, select]}
      rows={jobs}
      rowKey={({ id }) => id}
      rowHref={({ id }) => jobHref(id)}
      isSelected={({ id }) => selection?.has(id) ?? false}
      empty={<Empty {...empty} />}
    />
  );
}

const COLUMNS: readonly Column<JobRow>[] = [
  { name: "job", label: "Job", cell: ({ id }) => <span className="figure">{id}</span> },
  { name: "state", label: "State", cell: ({ state }) => <JobState of={state} /> },
  {
    name: "kind",
    label: "Kind",
    cell: ({ module, kind, queue }) => (
      <span className="job-kind">
        <span className="job-kind-name">
          <Module name={module} />
          <span>{kind}</span>
        </span>
        {queue !== "default" && <span className="quiet-text">in {queue}</span>}
      </span>
    ),
  },
  {
    name: "attempts",
    label: "Attempts",
    align: "end",
    cell: ({ attempt, maxAttempts }) => (
      <span className="figure">{maxAttempts === null ? attempt : `${attempt} of ${maxAttempts}`}</span>
    ),
  },
  { name: "age", label: "Age", cell: (job) => <Age of={job} /> },
  {
    name: "error",
    label: "Last error",
    isWide: true,
    cell: ({ lastError }) =>
      lastError === null ? (
        <span className="nothing">–</span>
      ) : (
        <span className="job-error">
          <code>{lastError.code}</code> {lastError.message}
        </span>
      ),
  },
];

function Age({ of: { since, runAt } }: { readonly of: JobRow }) {
  return (
    <span className="job-age">
      <Ago at={since} />
      {runAt !== null && (
        <span className="quiet-text">
          {" due "}
          <Ago at={runAt} />
        </span>
      )}
    </span>
  );
}

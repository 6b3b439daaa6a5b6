import type { Schedules, ScheduleView } from "../../../../api/jobs.ts";
import { useShown } from "../../api/index.ts";
import {
  ActionButton,
  Ago,
  type Column,
  Empty,
  formatAgo,
  Module,
  Panel,
  Severity,
  Table,
  Whole,
} from "../../elements/index.ts";
import { jobsHref } from "./job-filter.ts";
import { Paused } from "./queue-table.tsx";

/** A worker looks at the schedules every second; later than that, none is there or none keeps up. */
const OVERDUE_MS = 60_000;

const COLUMNS: readonly Column<ScheduleView>[] = [
  {
    name: "schedule",
    label: "Schedule",
    cell: ({ module, name }) => (
      <span className="queue-name">
        <Module name={module} plain />
        <span>{name}</span>
      </span>
    ),
  },
  { name: "kind", label: "Enqueues", cell: ({ kind }) => kind },
  { name: "timing", label: "When", cell: ({ timing }) => <code className="timing">{timing}</code> },
  { name: "next", label: "Next", cell: (schedule) => <Next of={schedule} />, isWide: true },
  {
    name: "last",
    label: "Last",
    cell: ({ lastAt }) => (lastAt === null ? <span className="nothing">never</span> : <Ago at={lastAt} />),
  },
  {
    name: "actions",
    label: "Actions",
    align: "end",
    cell: ({ module, name, paused }) => (
      <span className="row-actions">
        <ScheduleAction action="run" label="Run now" {...{ module, name }} />
        <ScheduleAction
          action={paused === null ? "pause" : "resume"}
          label={paused === null ? "Pause" : "Resume"}
          {...{ module, name }}
        />
      </span>
    ),
  },
];

export function ScheduleList() {
  const schedules = useShown<Schedules>("/schedules");
  return (
    <Panel title="Schedules">
      <Whole of={schedules}>
        {(data) => (
          <Table
            caption="Schedules with when they run"
            columns={COLUMNS}
            rows={data.schedules}
            rowKey={({ module, name }) => `${module}.${name}`}
            rowHref={({ module, kind }) => jobsHref({ module, kind })}
            empty={<Empty title="No schedule" hint="No module of this app enqueues jobs by the clock." />}
          />
        )}
      </Whole>
    </Panel>
  );
}

function ScheduleAction({
  action,
  label,
  module,
  name,
}: {
  readonly action: "run" | "pause" | "resume";
  readonly label: string;
  readonly module: string;
  readonly name: string;
}) {
  return (
    <ActionButton
      action={`schedules.${action}`}
      path={`/schedules/${action}`}
      input={{ module, names: [name] }}
      label={label}
      one="schedule"
      isSmall
    />
  );
}

function Next({ of: { nextAt, requestedAt, paused } }: { readonly of: ScheduleView }) {
  if (requestedAt !== null) return <Severity of="note" word="as soon as a worker sees it" />;
  if (paused !== null) return <Paused {...paused} />;
  if (nextAt < Date.now() - OVERDUE_MS)
    return <Severity of="error" word={`overdue, was due ${formatAgo(nextAt)}`} />;
  return <Ago at={nextAt} />;
}

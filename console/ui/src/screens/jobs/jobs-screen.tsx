import type { Queues, QueueView } from "../../../../api/jobs.ts";
import { useShown } from "../../api/index.ts";
import { formatCount, Page, Panel, Tabs, useFilters, Whole } from "../../elements/index.ts";
import { JobList } from "./job-list.tsx";
import { QueueTable } from "./queue-table.tsx";
import { ScheduleList } from "./schedule-list.tsx";
import "./jobs.css";

/** Queues, the jobs of a filter, and schedules. */
export default function JobsScreen() {
  const filters = useFilters();
  const isSchedules = filters.get("view") === "schedules";
  return (
    <Page title="Jobs" lede="Actions are done to a filter, however many jobs it matches.">
      <Tabs
        items={[
          { href: "/jobs", label: "Queues and jobs", isCurrent: !isSchedules },
          { href: "/jobs?view=schedules", label: "Schedules", isCurrent: isSchedules },
        ]}
      />
      {isSchedules ? <ScheduleList /> : <QueuesAndJobs />}
    </Page>
  );
}

function QueuesAndJobs() {
  const queues = useShown<Queues>("/queues");
  const filters = useFilters();
  const isOfFilter = ({ module, queue }: QueueView) =>
    isWanted(filters.get("module"), module) && isWanted(filters.get("queue"), queue);
  return (
    <>
      <Whole of={queues}>
        {(data) => {
          const shown = data.queues.filter(isOfFilter);
          const finished = data.finished.reduce((sum, { estimate }) => sum + estimate, 0);
          return (
            <Panel
              title="Queues"
              aside={finished > 0 && `about ${formatCount(finished)} finished jobs are kept`}
            >
              <QueueTable queues={shown} />
            </Panel>
          );
        }}
      </Whole>
      <JobList queues={queues.data?.queues ?? []} />
    </>
  );
}

function isWanted(list: string | null, name: string): boolean {
  return list === null || list === "" || list.split(",").includes(name);
}

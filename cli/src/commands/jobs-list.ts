import { databaseCommand } from "../database-command.ts";
import { addFilter, type FilterOptions, filterOf } from "../queues/filter-options.ts";
import { addPage, type PageOptions, showJobs } from "../queues/job-list.ts";

export const jobsList = databaseCommand<FilterOptions & PageOptions>({
  name: "list",
  summary: "List jobs, newest first.",
  details: "Without --state and ids: those that are unfinished or dead.",
  example: "ashlar jobs list --state dead --error 'connection refused' --younger 2h",
  configure(command) {
    addFilter(command, { states: true });
    addPage(command);
  },
  run(workplace, options, ids) {
    const filter = filterOf(options, ids);
    const isNarrow = filter.states !== undefined || filter.ids !== undefined;
    return showJobs(
      workplace,
      isNarrow
        ? filter
        : { ...filter, states: ["scheduled", "available", "waiting", "running", "retryable", "dead"] },
      options,
    );
  },
});

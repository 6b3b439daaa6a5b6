import { databaseCommand } from "../database-command.ts";
import { addFilter, type FilterOptions, filterOf } from "../queues/filter-options.ts";
import { addPage, type PageOptions, showJobs } from "../queues/job-list.ts";

export const eventsDead = databaseCommand<FilterOptions & PageOptions>({
  name: "dead",
  summary: "List deliveries of events that have used up their attempts.",
  details:
    "A delivery is a job of kind on.<subscriber> in the subscriber's module, so ashlar jobs show, retry and discard\n" +
    "act on it.",
  example: "ashlar events dead --module ordering",
  configure(command) {
    addFilter(command, { states: false });
    addPage(command);
  },
  run(workplace, options, ids) {
    const filter = filterOf(options, ids);
    return showJobs(workplace, { ...filter, kinds: filter.kinds ?? ["on.*"], states: ["dead"] }, options);
  },
});

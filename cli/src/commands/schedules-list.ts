import type { ScheduleStatus } from "ashlar/jobs";
import { databaseCommand } from "../database-command.ts";
import { exactly } from "../durations.ts";
import { EXIT } from "../exit-code.ts";
import { collect } from "../queues/filter-options.ts";
import { table } from "../table.ts";

export const schedulesList = databaseCommand<{ readonly module?: readonly string[] }>({
  name: "list",
  summary: "List schedules with their next times.",
  example: "ashlar schedules list --module billing",
  configure(command) {
    command.option("--module <name>", "of this module; several by repeating or commas", collect);
  },
  async run({ administration, answer }, { module }) {
    const schedules = await administration.schedules(module);
    answer({ schedules }, () =>
      schedules.length === 0
        ? "no schedules"
        : table(schedules, [
            { title: "SCHEDULE", cell: (row) => `${row.module}.${row.name}` },
            { title: "KIND", cell: (row) => row.kind },
            { title: "WHEN", cell: timing, gives: true },
            {
              title: "NEXT",
              cell: next,
              style: ({ pausedAt }) => (pausedAt === null ? undefined : "yellow"),
            },
            {
              title: "LAST",
              cell: ({ lastAt }) => lastAt?.toISOString().slice(0, 16).replace("T", " ") ?? "never",
            },
          ]),
    );
    return schedules.length === 0 ? EXIT.nothingMatched : EXIT.done;
  },
});

function timing({ timing: { cron, timeZone, everyMs } }: ScheduleStatus): string {
  if (everyMs !== undefined) return `every ${exactly(everyMs)}`;
  return `${cron} ${timeZone}`;
}

function next({ pausedAt, pausedBy, runRequestedAt, nextAt }: ScheduleStatus): string {
  if (runRequestedAt !== null) return "now";
  if (pausedAt !== null) return `paused${pausedBy === null ? "" : ` by ${pausedBy}`}`;
  return nextAt.toISOString().slice(0, 16).replace("T", " ");
}

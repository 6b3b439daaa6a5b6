import { databaseCommand } from "../database-command.ts";
import { age } from "../durations.ts";
import { EXIT } from "../exit-code.ts";
import { collect } from "../queues/filter-options.ts";
import { styleOfState } from "../queues/job-table.ts";
import { number, table } from "../table.ts";

export const jobsStats = databaseCommand<{ readonly module?: readonly string[] }>({
  name: "stats",
  summary: "Count jobs by module, queue, kind and state.",
  details: "Finished jobs are not counted, which could take long; PostgreSQL's estimate stands for them.",
  example: "ashlar jobs stats --module billing",
  configure(command) {
    command.option("--module <name>", "of this module; several by repeating or commas", collect);
  },
  async run({ administration, answer }, { module }) {
    answer(await administration.stats(module), ({ kinds, finished, paused }) =>
      [
        kinds.length === 0
          ? "no unfinished or dead jobs"
          : table(kinds, [
              { title: "MODULE", cell: (row) => row.module },
              { title: "QUEUE", cell: (row) => row.queue },
              { title: "KIND", cell: (row) => row.kind },
              { title: "STATE", cell: (row) => row.state, style: (row) => styleOfState(row.state) },
              {
                title: "JOBS",
                align: "right",
                cell: (row) => `${row.isAtLeast ? "at least " : ""}${number(row.count)}`,
              },
              { title: "OLDEST", align: "right", cell: (row) => age(row.oldestMs) },
            ]),
        ...finished.map((row) => `${row.module}: about ${number(row.estimate)} finished`),
        ...paused.map(
          (row) =>
            `${row.module}: queue ${row.queue} is paused since ${row.pausedAt.toISOString()}` +
            `${row.pausedBy === null ? "" : ` by ${row.pausedBy}`}`,
        ),
      ].join("\n"),
    );
    return EXIT.done;
  },
});

import type { SubscriberLag } from "ashlar/events";
import { databaseCommand } from "../database-command.ts";
import { age } from "../durations.ts";
import { EXIT } from "../exit-code.ts";
import { collect } from "../queues/filter-options.ts";
import { number, table } from "../table.ts";

export const eventsLag = databaseCommand<{ readonly module?: readonly string[] }>({
  name: "lag",
  summary: "Show how far subscribers are behind.",
  details:
    "UNRELAYED is the age of the oldest event in the publisher's outbox, PENDING what waits to be taken in and BEHIND\n" +
    "since when, DEAD the deliveries that have used up their attempts.",
  example: "ashlar events lag",
  configure(command) {
    command.option(
      "--module <name>",
      "what this module subscribes to; several by repeating or commas",
      collect,
    );
  },
  async run({ administration, answer }, { module }) {
    const { COUNTED_AT_MOST, eventLag } = await import("ashlar/events");
    const { app, pool, modules } = administration;
    const lag = await eventLag({ app, pool, modules });
    const subscribers = lag.subscribers.filter(({ subscriber }) => module?.includes(subscriber) ?? true);
    const counted = (count: number) => `${number(count)}${count >= COUNTED_AT_MOST ? "+" : ""}`;
    answer({ outboxes: lag.outboxes, subscribers }, () =>
      subscribers.length === 0
        ? "no subscribers"
        : table(subscribers, [
            { title: "SUBSCRIBER", cell: (row) => `${row.subscriber}.${row.name}` },
            { title: "EVENT", gives: true, cell: (row) => row.event },
            { title: "UNRELAYED", align: "right", cell: (row) => ageOrNone(row.unrelayedMs) },
            { title: "PENDING", align: "right", cell: (row) => counted(row.pending) },
            { title: "BEHIND", align: "right", cell: (row) => ageOrNone(row.oldestPendingMs) },
            { title: "DEAD", align: "right", cell: (row) => counted(row.dead), style: styleOfDead },
          ]),
    );
    return subscribers.length === 0 ? EXIT.nothingMatched : EXIT.done;
  },
});

const ageOrNone = (milliseconds: number | null) => (milliseconds === null ? "-" : age(milliseconds));
const styleOfDead = ({ dead }: SubscriberLag) => (dead > 0 ? "red" : undefined);

import type { KnownSubscription, ReplayProgress } from "ashlar/events";
import type { QueueAdministration } from "ashlar/jobs";
import { databaseCommand } from "../database-command.ts";
import { readInstant } from "../durations.ts";
import { EXIT, UsageError } from "../exit-code.ts";
import { readQualified } from "../queues/queue-name.ts";
import { plural } from "../table.ts";

interface ReplayOptions {
  readonly since?: string;
  readonly until?: string;
  readonly resume?: string;
  readonly yes?: true;
}

export const eventsReplay = databaseCommand<ReplayOptions>({
  name: "replay",
  summary: "Deliver the events of a period to one subscriber again.",
  details:
    "Whether it has taken them in before or not; its handler must bear that. Says how many deliveries that would be;\n" +
    "add --yes to do it.",
  example: "ashlar events replay ordering.markOrderPaid --since 2h --yes",
  configure(command) {
    command
      .argument("<subscriber>", "the subscriber, such as ordering.markOrderPaid")
      .option("--since <time>", "events published from then on: a date, or an age such as 2h")
      .option("--until <time>", "events published before then; else all until now")
      .option("--resume <number>", "go on with a replay that was interrupted")
      .option("--yes", "do it");
  },
  async run({ administration, answer, note, progress, signal }, options, [word]) {
    const { since, until, resume } = options;
    if ((since === undefined) === (resume === undefined)) {
      throw new UsageError(
        "From when on? Give --since, or --resume with the number of an interrupted replay.",
      );
    }
    const period = {
      ...(since === undefined ? {} : { since: readInstant(since) }),
      ...(until === undefined ? {} : { until: readInstant(until) }),
    };
    const subscription = await findSubscription(administration, word!);
    if (subscription === null) {
      note(`There is no subscriber ${word}. Those there are: ashlar events lag`);
      return EXIT.nothingMatched;
    }
    const { replayEvents, resumeReplay } = await import("ashlar/events");
    const { app, pool } = administration;
    const isDryRun = options.yes !== true && resume === undefined;
    const common = {
      app,
      pool,
      subscription,
      signal,
      onProgress: ({ deliveries }: ReplayProgress) => progress(`${plural(deliveries, "event")} ...`),
    };
    const replay =
      resume === undefined
        ? await replayEvents({ ...common, since: period.since!, ...period, dryRun: isDryRun })
        : await resumeReplay({ ...common, replay: readNumber(resume) });
    answer({ ...replay, dryRun: isDryRun }, ({ deliveries }) => {
      const what = plural(deliveries, "event");
      if (deliveries === 0) return "no event to deliver";
      return isDryRun ? `would deliver ${what} to ${word}; add --yes` : `delivers ${what} to ${word}`;
    });
    if (!replay.isFinished) {
      if (replay.replay !== null)
        note(`Interrupted. To go on: ashlar events replay ${word} --resume ${replay.replay}`);
      return EXIT.interrupted;
    }
    return replay.deliveries === 0 ? EXIT.nothingMatched : EXIT.done;
  },
});

async function findSubscription(
  { app, pool, modules }: QueueAdministration,
  word: string,
): Promise<KnownSubscription | null> {
  const { module, name } = readQualified(word, "subscriber");
  if (!modules.includes(module)) return null;
  const { findSubscriptions } = await import("ashlar/events");
  const subscriptions = await findSubscriptions({ app, pool, module });
  return subscriptions.find((each) => each.name === name) ?? null;
}

function readNumber(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`${JSON.stringify(text)} is no number of a replay.`);
}

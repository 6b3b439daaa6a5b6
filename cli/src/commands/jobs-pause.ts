import { databaseCommand } from "../database-command.ts";
import { EXIT } from "../exit-code.ts";
import { addBy } from "../queues/by.ts";
import { addQueues, readQualified } from "../queues/queue-name.ts";

export const jobsPause = databaseCommand<{ readonly by: string }>({
  name: "pause",
  summary: "Let no worker claim jobs of a queue, on any instance.",
  details: "What runs goes on. Takes effect within a second and lasts until the queue is resumed.",
  example: "ashlar jobs pause billing.payments --by ann",
  configure(command) {
    addQueues(command);
    addBy(command);
  },
  async run({ administration, answer, note }, { by }, words) {
    const queues = words.map((word) => ({ word, ...readQualified(word, "queue") }));
    const paused: string[] = [];
    for (const { word, module, name } of queues) {
      if (await administration.pauseQueue(module, name, by)) paused.push(word);
      if (!(await administration.hasSeenQueue(module, name))) {
        note(
          `No job of ${word} is there or was lately. If that is a slip of the pen: ashlar jobs resume ${word}`,
        );
      }
    }
    answer({ paused }, () =>
      words
        .map((word) => (paused.includes(word) ? `paused ${word}` : `${word} was paused before`))
        .join("\n"),
    );
    return paused.length > 0 ? EXIT.done : EXIT.nothingMatched;
  },
});

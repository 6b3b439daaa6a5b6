import { databaseCommand } from "../database-command.ts";
import { EXIT } from "../exit-code.ts";
import { addQueues, readQualified } from "../queues/queue-name.ts";

export const jobsResume = databaseCommand<object>({
  name: "resume",
  summary: "Let workers claim jobs of a paused queue again.",
  example: "ashlar jobs resume billing.payments",
  configure: addQueues,
  async run({ administration, answer }, _options, words) {
    const queues = words.map((word) => ({ word, ...readQualified(word, "queue") }));
    const resumed: string[] = [];
    for (const { word, module, name } of queues) {
      if (await administration.resumeQueue(module, name)) resumed.push(word);
    }
    answer({ resumed }, () =>
      words.map((word) => (resumed.includes(word) ? `resumed ${word}` : `${word} was not paused`)).join("\n"),
    );
    return resumed.length > 0 ? EXIT.done : EXIT.nothingMatched;
  },
});

import type { JobDetails } from "ashlar/jobs";
import { databaseCommand } from "../database-command.ts";
import { EXIT } from "../exit-code.ts";
import { styleOfState } from "../queues/job-table.ts";
import { colour, oneLine } from "../table.ts";

export const jobsShow = databaseCommand<object>({
  name: "show",
  summary: "Show everything about one job.",
  example: "ashlar jobs show billing:1042",
  configure(command) {
    command.argument("<id>", "the id of a job, such as billing:1042");
  },
  async run({ administration, answer, note }, _options, [id]) {
    const job = await administration.show(id!);
    if (job === null) {
      note(`There is no job ${id}, or none any more: finished ones are kept for some days only.`);
      return EXIT.nothingMatched;
    }
    answer(job, describe);
    return EXIT.done;
  },
});

function describe(job: JobDetails): string {
  const { worker, cancellation, maxAttempts } = job;
  const facts: [string, string | null][] = [
    ["state", colour(styleOfState(job.state), job.state)],
    ["kind", `${job.module}.${job.kind}`],
    ["queue", `${job.queue}, priority ${job.priority}`],
    [
      "attempt",
      `${job.attempt}${maxAttempts === null ? "" : ` of ${maxAttempts}`}${job.crashes > 0 ? `, ${job.crashes} of its processes died` : ""}`,
    ],
    ["enqueued", time(job.enqueuedAt)],
    ["due", time(job.runAt)],
    ["started", time(job.startedAt)],
    ["ended", time(job.endedAt)],
    [
      "worker",
      worker === null
        ? null
        : `${worker.id}${worker.host === null ? "" : `, process ${worker.pid} on ${worker.host}`}`,
    ],
    [
      "cancellation",
      cancellation === null
        ? null
        : `asked for at ${cancellation.requestedAt}${cancellation.reason === null ? "" : `: ${cancellation.reason}`}`,
    ],
    ["time-out", job.timeoutMs === null ? null : `${job.timeoutMs} ms`],
    ["unique", job.uniqueKey],
    ["order", job.orderKey],
    ["limit", job.limitKey],
    ["rate", job.rateKey],
    ["tenant", job.tenant],
    ["tags", list(job.tags)],
    ["waits for", list(job.waitsFor)],
    ["awaited by", list(job.awaitedBy)],
    ["origin", json(job.origin)],
    ["trace", job.traceId],
    ["payload", json(job.payload)],
    ["progress", json(job.progress)],
    ["output", json(job.output)],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(13)}${indented(value)}`],
  );
  for (const { attempt, at, code, message } of job.errors) {
    lines.push(
      `${"error".padEnd(13)}attempt ${attempt} at ${at}: ${oneLine(code)}`,
      `${" ".repeat(13)}${oneLine(message)}`,
    );
  }
  return [colour("bold", job.id), ...lines].join("\n");
}

const time = (date: Date | null) => date?.toISOString() ?? null;
const list = (values: readonly string[]) => (values.length === 0 ? null : values.map(oneLine).join(", "));
const json = (value: unknown) => (value === null ? null : JSON.stringify(value, null, 2));
const indented = (text: string) => text.replaceAll("\n", `\n${" ".repeat(13)}`);

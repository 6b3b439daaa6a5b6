import { scaffoldCommand } from "../scaffold/scaffold-command.ts";

interface NewJobOptions {
  readonly queue?: string;
  readonly schedule?: string;
  readonly summary?: string;
}

export const newJob = scaffoldCommand<NewJobOptions>({
  name: "job",
  summary: "Write a kind of background job, with its handler and test.",
  details:
    "Declaration in src/jobs.ts, handler, wiring, schedule if it has one, a row in the README and a test.",
  example: 'ashlar new job ordering.sendReminder --queue mail --schedule "0 8 * * *"',
  configure: (command) =>
    command
      .argument("[name]", "module and job, such as ordering.sendReminder")
      .option("--queue <name>", "its queue, which is made if there is none of that name; else default")
      .option("--schedule <cron>", "when it runs by itself: five or six fields as in crontab(5), in UTC")
      .option("--summary <sentence>", "what it does, in one sentence"),
  async plan(project, ask, options, [word]) {
    const { planJob } = await import("../scaffold/plan-job.ts");
    return await planJob(project, ask, { ...options, name: word });
  },
});

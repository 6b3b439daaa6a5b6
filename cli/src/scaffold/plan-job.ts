import { UsageError } from "../exit-code.ts";
import type { Project } from "../project/project.ts";
import { moduleNamed } from "./layout.ts";
import { kebabCase, readMember } from "./names.ts";
import { newJob } from "./new-job.ts";
import type { Questions } from "./questions.ts";
import type { Plan } from "./scaffold-command.ts";

interface Given {
  readonly name: string | undefined;
  readonly queue?: string;
  readonly schedule?: string;
  readonly summary?: string;
}

const EXAMPLE = "ordering.sendReminder";

/** Asks for what is needed to make a job, and drafts it. */
export async function planJob(project: Project, ask: Questions, given: Given): Promise<Plan> {
  const typed = await ask.text(given.name, {
    flag: `a name, such as ${EXAMPLE}`,
    message: "Which job of which module?",
    check: (answer) => readMember(answer, "job", EXAMPLE),
  });
  const { module, name } = readMember(typed, "job", EXAMPLE);
  const { directory } = moduleNamed(project, module);
  const { queue, schedule, summary } = given;
  if (queue !== undefined && !/^[a-z][A-Za-z0-9]{0,59}$/.test(queue)) {
    throw new UsageError(`--queue ${JSON.stringify(queue)}: give a name in camelCase, such as mail.`);
  }
  if (schedule !== undefined) await checkSchedule(schedule);
  const changes = newJob(project, {
    module,
    name,
    ...(queue === undefined ? {} : { queue }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(summary === undefined ? {} : { summary }),
  });
  const file = `${directory}/src/${kebabCase(name)}.ts`;
  return {
    changes,
    next: [
      `Write in ${directory}/src/jobs.ts what it carries, and in ${file} what it does.`,
      schedule === undefined
        ? `Enqueue it where it becomes due: await enqueue(${name}, {});`
        : `Its schedule is in ${file}.`,
      `npm run check && npm test -- ${directory}`,
    ],
  };
}

async function checkSchedule(cron: string): Promise<void> {
  const { scheduleFaults } = await import("ashlar/jobs");
  const isPlain = /^[-0-9A-Za-z*/,#?]+(?: [-0-9A-Za-z*/,#?]+){4,5}$/.test(cron);
  const timing = { timing: { cron } } as Parameters<typeof scheduleFaults>[0];
  const faults = isPlain ? scheduleFaults(timing) : ["it is not five or six fields"];
  if (faults.length > 0) {
    throw new UsageError(`--schedule ${JSON.stringify(cron)}: ${faults.join("; ")}. Such as "0 8 * * *".`);
  }
}

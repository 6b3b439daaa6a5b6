import type { JobFilter, JobState } from "ashlar/jobs";
import { type Command, InvalidArgumentError } from "commander";
import { readDuration } from "../durations.ts";
import { UsageError } from "../exit-code.ts";

/** Written out: --help of any command would load the whole queue for them otherwise. */
export const JOB_STATES: readonly JobState[] = Object.keys({
  scheduled: true,
  available: true,
  waiting: true,
  running: true,
  retryable: true,
  dead: true,
  completed: true,
  cancelled: true,
} satisfies Record<JobState, true>) as JobState[];

export interface FilterOptions {
  readonly module?: readonly string[];
  readonly queue?: readonly string[];
  readonly kind?: readonly string[];
  readonly state?: readonly JobState[];
  readonly older?: number;
  readonly younger?: number;
  readonly error?: string;
  readonly tag?: string;
  readonly tenant?: string;
  readonly all?: true;
}

/** The options by which jobs are chosen, alike for every command. */
export function addFilter(command: Command, parts: { readonly states: boolean }): void {
  command
    .argument("[ids...]", "ids of jobs, such as billing:1042")
    .option("--module <name>", "of this module; several by repeating or commas", collect)
    .option("--queue <name>", "in this queue", collect)
    .option("--kind <name>", "of this kind; * stands for any characters", collect);
  if (parts.states)
    command.option("--state <state>", `in this state: ${JOB_STATES.join(", ")}`, collectStates);
  command
    .option("--older <age>", "ended, or else was enqueued, longer ago than 90s, 3m, 2h or 7d", duration)
    .option("--younger <age>", "ended, or else was enqueued, since then", duration)
    .option("--error <text>", "with this text in the last error's code or message")
    .option("--tag <tag>", "with this tag")
    .option("--tenant <tenant>", "of this tenant");
}

export function filterOf(options: FilterOptions, ids: readonly string[]): JobFilter {
  const { module, queue, kind, state, older, younger, error, tag, tenant } = options;
  return {
    ...(module === undefined ? {} : { modules: module }),
    ...(queue === undefined ? {} : { queues: queue }),
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(state === undefined ? {} : { states: state }),
    ...(older === undefined ? {} : { olderThanMs: older }),
    ...(younger === undefined ? {} : { youngerThanMs: younger }),
    ...(error === undefined ? {} : { error }),
    ...(tag === undefined ? {} : { tag }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(ids.length === 0 ? {} : { ids }),
  };
}

/** For what changes jobs: to forget the filter must not mean all of them. */
export async function chosenFilterOf(options: FilterOptions, ids: readonly string[]): Promise<JobFilter> {
  const { isUnfiltered } = await import("ashlar/jobs");
  const filter = filterOf(options, ids);
  if (isUnfiltered(filter) && options.all !== true) {
    throw new UsageError("Which jobs? Choose them by a filter or by their ids, or say --all.");
  }
  if (!isUnfiltered(filter) && options.all === true) {
    throw new UsageError("--all means every job, and a filter means some of them. Leave one of the two out.");
  }
  return filter;
}

export function collect(text: string, before: readonly string[] = []): readonly string[] {
  const added = text.split(",").map((each) => each.trim());
  if (added.includes("")) throw new InvalidArgumentError("A name is empty.");
  return [...before, ...added];
}

function collectStates(text: string, before?: readonly string[]): readonly string[] {
  const states = collect(text, before);
  for (const state of states) {
    if (!JOB_STATES.some((known) => known === state)) {
      throw new InvalidArgumentError(`There is no state ${JSON.stringify(state)}.`);
    }
  }
  return states;
}

function duration(text: string): number {
  try {
    return readDuration(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

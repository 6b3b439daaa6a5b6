import type { MakeCommand } from "./command.ts";
import { eventsDead } from "./commands/events-dead.ts";
import { eventsLag } from "./commands/events-lag.ts";
import { eventsReplay } from "./commands/events-replay.ts";
import { jobsCancel } from "./commands/jobs-cancel.ts";
import { jobsDiscard } from "./commands/jobs-discard.ts";
import { jobsList } from "./commands/jobs-list.ts";
import { jobsPause } from "./commands/jobs-pause.ts";
import { jobsResume } from "./commands/jobs-resume.ts";
import { jobsRetry } from "./commands/jobs-retry.ts";
import { jobsShow } from "./commands/jobs-show.ts";
import { jobsStats } from "./commands/jobs-stats.ts";
import { schedulesList } from "./commands/schedules-list.ts";
import { schedulesPause } from "./commands/schedules-pause.ts";
import { schedulesResume } from "./commands/schedules-resume.ts";
import { schedulesRun } from "./commands/schedules-run.ts";

export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly MakeCommand[];
}

/** Commands of one word, in the order in which --help shows them. */
export const commands: readonly MakeCommand[] = [];

/** Commands of two words, after those of one. */
export const groups: readonly CommandGroup[] = [
  {
    name: "jobs",
    summary: "Look at background jobs and act on them, whole filters at a time.",
    commands: [jobsList, jobsShow, jobsStats, jobsRetry, jobsCancel, jobsDiscard, jobsPause, jobsResume],
  },
  {
    name: "schedules",
    summary: "Look at schedules, run and pause them.",
    commands: [schedulesList, schedulesRun, schedulesPause, schedulesResume],
  },
  {
    name: "events",
    summary: "See which subscribers are behind, and deliver events again.",
    commands: [eventsLag, eventsDead, eventsReplay],
  },
];

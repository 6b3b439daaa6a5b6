import type { MakeCommand } from "./command.ts";
import { affected } from "./commands/affected.ts";
import { check } from "./commands/check.ts";
import { contractsCheck } from "./commands/contracts-check.ts";
import { contractsDiff } from "./commands/contracts-diff.ts";
import { contractsSnapshot } from "./commands/contracts-snapshot.ts";
import { doctor } from "./commands/doctor.ts";
import { eventsDead } from "./commands/events-dead.ts";
import { eventsLag } from "./commands/events-lag.ts";
import { eventsReplay } from "./commands/events-replay.ts";
import { graph } from "./commands/graph.ts";
import { jobsCancel } from "./commands/jobs-cancel.ts";
import { jobsDiscard } from "./commands/jobs-discard.ts";
import { jobsList } from "./commands/jobs-list.ts";
import { jobsPause } from "./commands/jobs-pause.ts";
import { jobsResume } from "./commands/jobs-resume.ts";
import { jobsRetry } from "./commands/jobs-retry.ts";
import { jobsShow } from "./commands/jobs-show.ts";
import { jobsStats } from "./commands/jobs-stats.ts";
import { newApp } from "./commands/new-app.ts";
import { newEvent } from "./commands/new-event.ts";
import { newJob } from "./commands/new-job.ts";
import { newMigration } from "./commands/new-migration.ts";
import { newModule } from "./commands/new-module.ts";
import { newUseCase } from "./commands/new-use-case.ts";
import { openapiDiff } from "./commands/openapi-diff.ts";
import { schedulesList } from "./commands/schedules-list.ts";
import { schedulesPause } from "./commands/schedules-pause.ts";
import { schedulesResume } from "./commands/schedules-resume.ts";
import { schedulesRun } from "./commands/schedules-run.ts";
import { test } from "./commands/test.ts";
import { top } from "./commands/top.ts";

export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly MakeCommand[];
}

/** Commands of one word, in the order in which --help shows them. */
export const commands: readonly MakeCommand[] = [check, test, affected, doctor, graph, top];

/** Commands of two words, after those of one. */
export const groups: readonly CommandGroup[] = [
  {
    name: "new",
    summary: "Write what a good colleague would have written: apps, modules and parts of them.",
    commands: [newApp, newModule, newUseCase, newMigration, newEvent, newJob],
  },
  {
    name: "contracts",
    summary: "Write down what modules promise, and find what breaks it.",
    commands: [contractsSnapshot, contractsDiff, contractsCheck],
  },
  {
    name: "openapi",
    summary: "Compare descriptions of HTTP interfaces.",
    commands: [openapiDiff],
  },
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

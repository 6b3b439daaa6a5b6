import type { NewJob } from "./store/new-job.ts";

/** A queue has a job that could run. */
export function jobTopic(module: string, queue: string): string {
  return `jobs:${module}:${queue}`;
}

/** A job of the module is due soon, sooner perhaps than anybody knows. */
export function dueTopic(module: string): string {
  return `due:${module}`;
}

/** A running job is to be stopped. */
export function cancelTopic(module: string, id: number): string {
  return `cancel:${module}:${id}`;
}

/** The outbox of a module holds events. */
export function outboxTopic(module: string): string {
  return `outbox:${module}`;
}

/** What is due before the workers look round by themselves is told to them. */
const SOON_MS = 2_000;

/** What to ring when these jobs are committed. */
export function topicsOf(module: string, jobs: readonly NewJob[]): string[] {
  const topics = new Set<string>();
  for (const { queue, delayMs, runAt, after } of jobs) {
    if (after !== null) continue;
    const waitMs = delayMs ?? (runAt === null ? 0 : runAt.getTime() - Date.now());
    if (waitMs <= 0) topics.add(jobTopic(module, queue));
    else if (waitMs < SOON_MS) topics.add(dueTopic(module));
  }
  return [...topics];
}

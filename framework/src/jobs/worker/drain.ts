import type { Pool } from "../../postgres/index.ts";
import type { ClaimedJob, ModuleJobs } from "../attempt.ts";
import type { JobId } from "../declaration.ts";
import type { JobStore } from "../store/job-store.ts";
import { attemptHost } from "./attempt-host.ts";
import { AttemptRun, type RunOutcome } from "./attempt-run.ts";
import { settlementOf, writeSettlements } from "./settlement.ts";
import type { BackgroundTask } from "./worker-options.ts";
import { WorkerRow } from "./worker-row.ts";

export interface DrainParts {
  readonly pool: Pool;
  /** The worker role. */
  readonly role: string;
  readonly modules: readonly ModuleJobs[];
  /** By module; their clock decides what is due. */
  readonly stores: ReadonlyMap<string, JobStore>;
  readonly tasks: readonly BackgroundTask[];
}

export interface DrainedJob {
  /** `<module>.<kind>`. */
  readonly kind: string;
  readonly id: JobId;
  readonly outcome: RunOutcome["kind"];
  /** Why it failed. */
  readonly error?: unknown;
}

/** What goes on for longer than this goes on for ever: jobs that enqueue each other, most likely. */
const MAX_ATTEMPTS = 10_000;

/**
 * Runs whatever is due now, one after the other and in the order of the queues, until nothing is left: background
 * tasks, then jobs, then what those have brought about. Lists the attempts in the order they were made.
 *
 * For tests: it goes by the clock of the stores, claims as a worker of its own, and starts no timers but the
 * time-outs of attempts. Throws when it comes to no end.
 */
export async function drain(parts: DrainParts): Promise<DrainedJob[]> {
  const row = await WorkerRow.register(parts.pool, parts.role, false);
  const drained: DrainedJob[] = [];
  try {
    for (let isDone = false; !isDone; ) {
      await runTasks(parts.tasks);
      isDone = true;
      for (const module of parts.modules) {
        const before = drained.length;
        await drainModule(module, storeOf(parts, module.module), row.id, drained);
        if (drained.length > before) isDone = false;
      }
    }
  } finally {
    await row.remove();
  }
  return drained;
}

async function runTasks(tasks: readonly BackgroundTask[]): Promise<void> {
  for (const task of tasks) {
    let runs = 0;
    while (await task.run()) if (++runs > MAX_ATTEMPTS) throw new Error(`Task ${task.name} comes to no end.`);
  }
}

/** One pass over the module's queues. */
async function drainModule(
  module: ModuleJobs,
  store: JobStore,
  worker: number,
  drained: DrainedJob[],
): Promise<void> {
  while ((await store.promote(1_000)).count > 0);
  for (const queue of Object.keys(module.queues)) {
    for (;;) {
      // One at a time: a job may cancel, or bring about, the one that would have been the next.
      const claimed = await store.claim({ worker, queue, after: null, limit: 1 });
      if (claimed.length === 0) break;
      for (const job of await store.admit(worker, claimed)) {
        drained.push(await perform(module, store, job));
        if (drained.length > MAX_ATTEMPTS) {
          throw new Error(`More than ${MAX_ATTEMPTS} attempts were made and there are still jobs to run.`);
        }
      }
    }
  }
}

async function perform(module: ModuleJobs, store: JobStore, job: ClaimedJob): Promise<DrainedJob> {
  const run = new AttemptRun(job, module.perform, attemptHost(module.module, store), {
    timeoutMs: module.timeoutMs?.(job.kind),
  });
  const outcome = await run.outcome;
  const settlement = settlementOf(job, outcome);
  if (settlement !== undefined) await writeSettlements(store, [settlement]);
  const kind = `${job.module}.${job.kind}`;
  const drained = { kind, id: run.id, outcome: outcome.kind };
  return "error" in outcome ? { ...drained, error: outcome.error } : drained;
}

function storeOf({ stores }: DrainParts, module: string): JobStore {
  const store = stores.get(module);
  if (store === undefined) throw new RangeError(`There is no job store for module ${module}.`);
  return store;
}

import type { Pool } from "../../postgres/index.ts";
import type { ClaimedJob, ModuleJobs } from "../attempt.ts";
import type { JobStore, Settled } from "../store/job-store.ts";
import { jobTopic } from "../topics.ts";
import { attemptHost } from "./attempt-host.ts";
import type { AttemptHost } from "./attempt-run.ts";
import { Completer } from "./completer.ts";
import { QueueFetcher } from "./queue-fetcher.ts";
import type { Settlement } from "./settlement.ts";
import type { Slots } from "./slots.ts";
import { releaseStrays } from "./stray-jobs.ts";
import type { WorkerLog } from "./worker-options.ts";

/** One queue of one module, with what works on it. */
export interface Line {
  readonly module: ModuleJobs;
  readonly queue: string;
  readonly topic: string;
  readonly concurrency: number;
  readonly store: JobStore;
  readonly fetcher: QueueFetcher;
  /** What the attempts at its jobs need of the store. */
  readonly host: AttemptHost;
  /** All queues of a module share one. */
  readonly completer: Completer;
}

export interface LineHost {
  readonly pool: Pool;
  readonly role: string;
  readonly stores: ReadonlyMap<string, JobStore>;
  readonly slots: Slots;
  readonly log: WorkerLog;
  readonly worker: () => number;
  readonly mayClaim: () => boolean;
  readonly onJobs: () => void;
  readonly onSettled: (module: string, settled: Settled, batch: readonly Settlement[]) => void;
  /** Ids of the module's jobs that run, or wait for running alone. */
  readonly inFlight: (module: string) => Iterable<number>;
  readonly setBusy: (topic: string, isBusy: boolean) => Promise<void>;
}

/** More ends that wait to be written keep new jobs away. */
const MAX_UNWRITTEN = 5_000;

export function linesOf(module: ModuleJobs, host: LineHost): Line[] {
  const store = host.stores.get(module.module);
  if (store === undefined) throw new RangeError(`There is no job store for module ${module.module}.`);
  const completer = new Completer({
    store,
    log: host.log,
    onSettled: (settled, batch) => host.onSettled(module.module, settled, batch),
  });
  return Object.keys(module.queues).map((queue) => lineOf(module, queue, store, completer, host));
}

export function release({ completer }: Pick<Line, "completer">, jobs: readonly ClaimedJob[]): void {
  for (const job of jobs) completer.add({ kind: "release", job });
}

function lineOf(
  module: ModuleJobs,
  queue: string,
  store: JobStore,
  completer: Completer,
  host: LineHost,
): Line {
  const { module: name, queues } = module;
  const { log, pool, role, slots, worker } = host;
  const topic = jobTopic(name, queue);
  const concurrency = queues[queue]!.concurrency;
  const fetcher: QueueFetcher = new QueueFetcher({
    ...{ module: name, queue, concurrency, store, log, worker },
    mayClaim: () => host.mayClaim() && completer.pending < MAX_UNWRITTEN,
    room: () => slots.room(name, queue),
    onJobs: host.onJobs,
    setBusy: (isBusy) => host.setBusy(topic, isBusy),
    release: (jobs) => release({ completer }, jobs),
    releaseStrays: () => {
      const known = [...host.inFlight(name), ...completer.pendingIds(), ...fetcher.prefetched.ids()];
      return releaseStrays(pool, role, { module: name, queue, worker: worker(), known });
    },
  });
  return { module, queue, topic, concurrency, store, fetcher, host: attemptHost(name, store), completer };
}

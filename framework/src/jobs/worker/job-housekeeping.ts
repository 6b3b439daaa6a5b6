import type { JobStore } from "../store/job-store.ts";
import { jobTopic } from "../topics.ts";
import type { BackgroundTask } from "./worker-options.ts";

const SWEEP_EVERY_MS = 60_000;
const PARTITIONS_EVERY_MS = 60 * 60_000;

/** What keeps the queues of all modules in order: nothing is late because of it, but for what a crash left behind. */
export function jobHousekeeping(parts: {
  readonly stores: ReadonlyMap<string, JobStore>;
  readonly wake: { ring(topics: Iterable<string>): void };
  /** Days that finished jobs are kept. */
  readonly finishedJobsDays: number;
}): BackgroundTask[] {
  const { stores, wake, finishedJobsDays } = parts;
  return [
    {
      name: "sweep jobs",
      everyMs: SWEEP_EVERY_MS,
      async run() {
        for (const [module, store] of stores) {
          const { wake: queues } = await store.sweep();
          wake.ring(queues.map((queue) => jobTopic(module, queue)));
        }
        return false;
      },
    },
    {
      name: "keep job partitions",
      everyMs: PARTITIONS_EVERY_MS,
      async run() {
        for (const store of stores.values()) await store.keepPartitions(finishedJobsDays);
        return false;
      },
    },
  ];
}

import { loadPeer, missingPeer } from "./peer.ts";
import { createPostgresStorage } from "./postgres-storage.ts";
import type { QueueSystem } from "./system.ts";

/** What is used here of the package's exports. */
interface GraphileWorker {
  makeWorkerUtils(options: object): Promise<{
    migrate(): Promise<void>;
    addJob(task: string, payload: unknown): Promise<unknown>;
    addJobs(jobs: readonly { identifier: string; payload: unknown }[]): Promise<unknown>;
    release(): Promise<void>;
  }>;
  run(options: object): Promise<{ stop(): Promise<void> }>;
  Logger: new (factory: () => () => void) => unknown;
}

const TASK = "noop";

/** The configuration that its own page on performance took its figures with. */
const WORKER = {
  concurrentJobs: 24,
  maxPoolSize: 25,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

const library = () => loadPeer<GraphileWorker>("graphile-worker");

export const graphileWorker: QueueSystem = {
  name: "graphile-worker",
  missing: () => missingPeer("graphile-worker"),
  prepare: (session, cluster) =>
    createPostgresStorage(
      session,
      cluster,
      {
        database: "graphile_worker",
        unfinished: "select count(*) as unfinished from graphile_worker._private_jobs",
        clear: "truncate graphile_worker._private_jobs",
      },
      async (url) => {
        const { makeWorkerUtils, Logger } = await library();
        const utils = await makeWorkerUtils({ connectionString: url, logger: new Logger(() => () => {}) });
        await utils.migrate();
        await utils.release();
        return url;
      },
    ),
  open: async (url) => {
    const { makeWorkerUtils, run, Logger } = await library();
    const logger = new Logger(() => () => {});
    const utils = await makeWorkerUtils({ connectionString: url, maxPoolSize: 16, logger });
    return {
      enqueue: (i) => utils.addJob(TASK, { i }),
      enqueueMany: (numbers) => utils.addJobs(numbers.map((i) => ({ identifier: TASK, payload: { i } }))),
      work: (perform) =>
        run({
          preset: { worker: { ...WORKER, connectionString: url } },
          logger,
          noHandleSignals: true,
          taskList: { [TASK]: ({ i }: { i: number }) => perform(i) },
        }),
      stop: () => utils.release(),
    };
  },
};

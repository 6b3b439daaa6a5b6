import type { ConnectionAddress, Pool } from "../../postgres/index.ts";
import type { ModuleJobs } from "../attempt.ts";
import type { JobStore } from "../store/job-store.ts";
import type { Wake } from "./wake.ts";
import type { BackgroundTask, WorkerLog, WorkerOptions } from "./worker-options.ts";

export interface WorkerParts {
  readonly app: string;
  /** Made by createQueuePool; stopped by whoever made it. */
  readonly pool: Pool;
  /** Where the listener connects; not used in poll-only mode. */
  readonly address: ConnectionAddress;
  readonly wake: Wake;
  readonly modules: readonly ModuleJobs[];
  /** By module. */
  readonly stores: ReadonlyMap<string, JobStore>;
  readonly tasks: readonly BackgroundTask[];
  readonly log: WorkerLog;
  readonly options: WorkerOptions;
}

import type { WorkerStats } from "../../../src/jobs/index.ts";
import type { WorkOptions } from "../../../src/module/index.ts";
import type { ConnectionAddress } from "../../../src/postgres/index.ts";

/** What a process of the app is to be. */
export interface InstanceOrder {
  readonly name: string;
  readonly connection: ConnectionAddress;
  readonly work: WorkOptions;
  readonly schedules: number;
  /** Begins to work when it is told to, not at once. */
  readonly waits: boolean;
}

export type Request = "go" | "stats";

export type Report =
  | { readonly is: "ready" | "working" }
  | { readonly is: "stats"; readonly stats: WorkerStats };

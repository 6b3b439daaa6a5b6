import type { Change } from "./now.ts";

/** GET /console/api/deploys?module= */
export interface Deploys {
  /** Those that run first, then the latest to start within 90 days. */
  readonly instances: readonly InstanceView[];
  readonly areMoreInstances: boolean;
  /** The latest first. */
  readonly releases: readonly ReleaseView[];
  /** Of the module, or of all, the latest first. */
  readonly migrations: readonly MigrationView[];
  readonly areMoreMigrations: boolean;
  /** Files that this instance has and the database does not; null where it runs without them. */
  readonly pending: readonly PendingMigration[] | null;
  /** Of the last week, the latest first: what of them concerns the module, or all. */
  readonly changes: readonly Change[];
}

export interface InstanceView {
  readonly id: string;
  readonly release: string | null;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly stoppedAt: number | null;
  /** `gone`: it was not seen for a while and has not stopped. It was killed, or hangs. */
  readonly state: "running" | "stopped" | "gone";
}

export interface ReleaseView {
  readonly release: string | null;
  readonly firstAt: number;
  readonly lastSeenAt: number;
  readonly instances: number;
  readonly running: number;
}

export interface MigrationView {
  readonly module: string;
  /** The framework has tables of its own in every module. */
  readonly source: "framework" | "module";
  readonly version: number;
  readonly name: string;
  readonly at: number;
  readonly durationMs: number;
}

export interface PendingMigration {
  readonly module: string;
  /** Of the file: `0007_add_refunds.sql`. */
  readonly file: string;
}

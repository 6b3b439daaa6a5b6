import type { LogLevelView } from "./logs.ts";
import type { Change, Place } from "./now.ts";
import type { Series } from "./series.ts";
import type { DatabaseShare, ModuleFiring, Work } from "./work.ts";

/** GET /console/api/modules. */
export interface ModuleList {
  /** What the numbers are of: whole minutes. */
  readonly from: number;
  readonly until: number;
  readonly modules: readonly ModuleRow[];
}

export interface ModuleRow {
  readonly name: string;
  readonly owners: readonly string[];
  /** Operations, jobs and deliveries together; p50 and p99 are those of its operations. */
  readonly work: Work;
  /** Null while nothing is known of what statements cost. */
  readonly database: DatabaseShare | null;
  readonly firing: ModuleFiring | null;
  readonly operations: number;
  readonly routes: number;
  readonly jobs: number;
  readonly events: number;
}

export const MODULE_RANGES = ["1h", "6h", "24h", "7d"] as const;

export type ModuleRange = (typeof MODULE_RANGES)[number];

/** GET /console/api/modules/{name}?range=1h. */
export interface ModuleView {
  readonly name: string;
  readonly range: ModuleRange;
  readonly from: number;
  readonly until: number;
  readonly owners: readonly string[];
  /** Relative to the root of the project; null where the app runs without its sources. */
  readonly directory: string | null;
  readonly documents: readonly ModuleDocumentName[];
  readonly firing: readonly ModuleSign[];
  readonly work: Work;
  /**
   * The first step is a whole one, so it may begin before `from`.
   *
   * `operations`, `jobs`, `deliveries` (per second), `errors` (share of all three), `p50`, `p99` (ms, of operations),
   * `database` (ms per second).
   */
  readonly series: Series;
  readonly changes: readonly Change[];
  readonly operations: readonly ModuleOperation[];
  readonly routes: readonly ModuleRoute[];
  readonly jobs: readonly ModuleJob[];
  readonly subscribers: readonly ModuleSubscriber[];
  readonly published: readonly ModuleEvent[];
  readonly queues: readonly ModuleQueueView[];
  readonly uses: readonly ModuleNeighbour[];
  readonly usedBy: readonly ModuleNeighbour[];
  readonly views: readonly string[];
  readonly reads: readonly string[];
  /** The dearest first. */
  readonly statements: readonly ModuleStatement[];
  readonly cost: ModuleCostView | null;
  readonly log: ModuleLog;
}

export type ModuleDocumentName = "readme" | "runbook";

/** GET /console/api/modules/{name}/documents/{document}. */
export interface ModuleDocument {
  /** Relative to the root of the project. */
  readonly path: string;
  readonly markdown: string;
}

export interface ModuleSign {
  readonly check: string;
  readonly subject: string;
  readonly severity: "error" | "warning" | "note";
  readonly title: string;
  readonly since: number;
  /** Where in the console the cause is seen. */
  readonly place: Place;
}

export interface ModuleOperation {
  readonly id: string;
  readonly name: string;
  readonly kind: "command" | "query";
  /** `own` or `joins`; null for a query. */
  readonly transaction: "own" | "joins" | null;
  readonly errors: readonly { readonly code: string; readonly kind: string; readonly description: string }[];
  readonly work: Work;
}

export interface ModuleRoute {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly auth: string;
  /** Id of the operation that it serves; null for one that takes a stream. */
  readonly operation: string | null;
  readonly work: Work;
}

export interface ModuleJob {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** Schedules that enqueue it, in words: `every 5 min`, `0 3 * * *`. */
  readonly schedules: readonly string[];
  readonly work: Work;
}

export interface ModuleSubscriber {
  readonly name: string;
  /** Id of the event. */
  readonly event: string;
  readonly queue: string;
  readonly inOrder: boolean;
  readonly work: Work;
}

export interface ModuleEvent {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** Modules that subscribe to it. */
  readonly subscribers: readonly { readonly module: string; readonly name: string }[];
}

export interface ModuleQueueView {
  readonly queue: string;
  readonly ready: number;
  readonly isAtLeast: boolean;
  /** Since the next one was enqueued; null when none is ready. */
  readonly readyAgeMs: number | null;
  readonly dead: number;
  readonly deadIsAtLeast: boolean;
}

export interface ModuleNeighbour {
  readonly module: string;
  readonly work: Work;
}

export interface ModuleStatement {
  readonly queryId: string;
  /** Null when the server had dropped it before it could be read. */
  readonly text: string | null;
  readonly calls: number;
  readonly ms: number;
  readonly meanMs: number;
  readonly maxMs: number;
  readonly rows: number;
  /** Of the time of all statements of the module in the period. */
  readonly share: number;
}

/** What an hour of the module cost the database, on average over the period. */
export interface ModuleCostView {
  readonly msPerHour: number;
  /** Of the time of all that the database did. */
  readonly share: number;
  readonly statementsPerHour: number;
  readonly rowsPerHour: number;
  /** Blocks that were not in the database's memory. */
  readonly blocksReadPerHour: number;
  readonly walBytesPerHour: number;
}

export interface ModuleLog {
  readonly level: LogLevelView;
  /** What it goes back to. */
  readonly usual: LogLevelView;
  /** When it does; null while it is the usual one. */
  readonly until: number | null;
}

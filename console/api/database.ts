import type { Series } from "./series.ts";

/** GET /console/api/database, and topic `database` of the live stream: what the database is busy with now. */
export interface DatabaseNow {
  readonly server: DatabaseServer;
  /** What the console's login is not shown or may not do, each a sentence without a full stop. */
  readonly limits: readonly string[];
  readonly connections: Connections;
  /** Those that do something, the oldest transaction first; idle connections are in `connections` alone. */
  readonly sessions: readonly DatabaseSession[];
  /** There are more than `sessions` holds. */
  readonly areMore: boolean;
  readonly blocking: readonly BlockingTreeView[];
}

export interface DatabaseServer {
  /** `18.4`. */
  readonly version: string;
  readonly startedAt: number;
  readonly isReplica: boolean;
  readonly sharedBuffersBytes: number;
  /** Null for a database on another machine, which shows nobody its disk. */
  readonly disk: { readonly freeBytes: number; readonly sizeBytes: number } | null;
}

/** Of the whole server, over all its databases. `used` and what is left add up to `max`. */
export interface Connections {
  readonly max: number;
  /** Kept for superusers and those with pg_use_reserved_connections. */
  readonly reserved: number;
  readonly used: number;
  /** The parts of `used`. The app's connections belong to no module while they are idle. */
  readonly groups: readonly ConnectionGroup[];
  readonly byState: readonly { readonly state: string; readonly count: number }[];
  readonly byApplication: readonly {
    readonly user: string;
    readonly application: string;
    readonly count: number;
  }[];
}

export interface ConnectionGroup {
  readonly kind: "module" | "app" | "idle" | "others";
  /** Of kind `module` alone. */
  readonly module: string | null;
  readonly count: number;
}

export interface DatabaseSession {
  readonly pid: number;
  /** Told back with what is done to the session, so that nobody else is hit who got its number meanwhile. */
  readonly startedAt: number;
  readonly user: string;
  readonly application: string;
  /** As PostgreSQL says: `active`, `idle in transaction`. */
  readonly state: string;
  /** `Lock: transactionid`; null while it waits for nothing. */
  readonly wait: string | null;
  /** What it runs, or ran last, without the values in it. */
  readonly statement: string;
  /** Null while it runs nothing. */
  readonly statementMs: number | null;
  /** Null outside a transaction. */
  readonly transactionMs: number | null;
  /** How long it has done nothing within its transaction; null unless it is idle in one. */
  readonly idleMs: number | null;
  readonly module: string | null;
  /** All modules whose tables its transaction has touched. */
  readonly modules: readonly string[];
  /** Why it cannot be ended from here; null when it can. */
  readonly keptBy: string | null;
}

export interface BlockingTreeView {
  readonly root: BlockingNode;
  readonly longestMs: number;
  readonly waiters: number;
}

export interface BlockingNode {
  readonly pid: number;
  /** Null for one that is gone, or a prepared transaction. */
  readonly session: DatabaseSession | null;
  /** 0 for a root. */
  readonly waitMs: number;
  readonly below: readonly BlockingNode[];
}

/** What one may look at it over. */
export const DATABASE_RANGES = ["1h", "6h", "24h", "7d"] as const;

export type DatabaseRange = (typeof DATABASE_RANGES)[number];

/** GET /console/api/database/statements?range&module&statement. */
export interface DatabaseStatements {
  readonly range: DatabaseRange;
  readonly from: number;
  readonly until: number;
  readonly module: string | null;
  /** Why nothing new is noted, and what a superuser of the database would run; null while all is well. */
  readonly obstacle: { readonly reason: string; readonly remedy: string } | null;
  /** The dearest first; null is all that runs under no module's role. */
  readonly modules: readonly ModuleShare[];
  /** Milliseconds in the database per second, by module; "" as in `modules` null. */
  readonly time: Series;
  readonly top: readonly StatementView[];
  /** Of this hour against the one before. */
  readonly regressions: readonly RegressionView[];
  /** What was asked for with `statement`; null when it is not known. */
  readonly statement: StatementDetail | null;
}

export interface ModuleShare {
  readonly module: string | null;
  readonly calls: number;
  readonly ms: number;
  /** Of the time of all modules together. */
  readonly share: number;
  readonly rows: number;
  readonly blocksRead: number;
  readonly walBytes: number;
}

export interface StatementView {
  /** As in pg_stat_statements; a text, since it does not fit a number. */
  readonly id: string;
  readonly module: string | null;
  /** Null when PostgreSQL had dropped it before it could be read. */
  readonly text: string | null;
  readonly calls: number;
  readonly ms: number;
  /** Of all time in the database within the range. */
  readonly share: number;
  readonly rows: number;
  readonly meanMs: number;
  readonly maxMs: number;
}

export interface RegressionView {
  readonly id: string;
  readonly module: string | null;
  readonly text: string | null;
  readonly calls: number;
  readonly meanMs: number;
  readonly meanMsBefore: number;
  readonly factor: number;
  readonly share: number;
}

export interface StatementDetail {
  readonly id: string;
  readonly module: string | null;
  readonly text: string | null;
  readonly calls: number;
  readonly ms: number;
  readonly rows: number;
  readonly meanMs: number;
  readonly maxMs: number;
  /** `mean` (ms) and `calls`, hour by hour; null where it was not among the dearest. */
  readonly hours: Series;
  /** It is so new that it is known from PostgreSQL's own count alone. */
  readonly isNew: boolean;
}

export const TABLE_SORTS = ["size", "rows", "dead", "scans", "age", "name"] as const;

export type TableSort = (typeof TABLE_SORTS)[number];

/** GET /console/api/database/tables?module&sort. */
export interface DatabaseTables {
  readonly databaseBytes: number;
  readonly sort: TableSort;
  readonly module: string | null;
  readonly tables: readonly TableView[];
  readonly areMore: boolean;
  /** Transactions that a table may be behind before autovacuum is forced to freeze it. */
  readonly freezeAge: number;
}

/** A table; one with partitions is one table. Rows are PostgreSQL's estimates. */
export interface TableView {
  readonly module: string;
  readonly name: string;
  /** 0 for a table without. */
  readonly partitions: number;
  readonly totalBytes: number;
  readonly indexBytes: number;
  readonly toastBytes: number;
  readonly live: number;
  readonly dead: number;
  /** Vacuum should long have come; see the firing check `table-bloat`. */
  readonly isBloated: boolean;
  readonly vacuumedAt: number | null;
  readonly analyzedAt: number | null;
  /** Since the statistics began: scans of the whole table, rows read by them, and scans by an index. */
  readonly wholeScans: number;
  readonly wholeScanRows: number;
  readonly indexScans: number;
  /** Transactions since its oldest row was frozen. */
  readonly age: number;
}

/** GET /console/api/database/replication. */
export interface DatabaseReplication {
  /** What cannot be told and why, without a full stop; null when all can. */
  readonly hidden: string | null;
  readonly replicas: readonly ReplicaView[];
  readonly slots: readonly SlotView[];
  readonly checkpoints: {
    readonly timed: number;
    /** Forced because WAL grew too fast. */
    readonly requested: number;
    readonly since: number | null;
  };
}

export interface ReplicaView {
  readonly name: string;
  readonly address: string | null;
  readonly state: string;
  /** `sync`, `async`, `quorum`. */
  readonly mode: string;
  /** WAL that it has not replayed. */
  readonly behindBytes: number | null;
  readonly lagMs: number | null;
  readonly isFiring: boolean;
}

export interface SlotView {
  readonly name: string;
  readonly kind: string;
  readonly isActive: boolean;
  /** WAL that the server keeps for it. */
  readonly keptBytes: number;
  /** `reserved`, `extended`, `unreserved`, `lost`. */
  readonly walStatus: string;
  readonly isFiring: boolean;
}

/** POST /console/api/database/terminate and /database/cancel, beside `reason` and `dryRun`. */
export interface SessionTarget {
  readonly pid: number;
  /** `startedAt` of the session that is meant. */
  readonly startedAt: number;
}

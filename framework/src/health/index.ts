export { type BlockedBranch, type BlockingTree, blockingTrees, type LockSession } from "./blocking-tree.ts";
export { type DiskSpace, databaseDisk } from "./checks/disk-space.ts";
export { FIRING_CHECK_IDS, firingChecks } from "./checks/index.ts";
export {
  DatabaseCost,
  type ModuleCost,
  type Period,
  type StatementCost,
  type StatementHour,
  type StatementRegression,
} from "./database-cost.ts";
export type { DatabaseCostObstacle } from "./database-cost-obstacle.ts";
export { type DatabaseCostSample, sampleDatabaseCost } from "./database-cost-sample.ts";
export { DatabaseCostSampler, type DatabaseCostSamplerParts } from "./database-cost-sampler.ts";
export { type Firing, type FiringSeverity, runbookOf, type SafeAction, type Sign } from "./firing.ts";
export {
  type AnyFiringCheck,
  CannotLook,
  type DatabaseCheck,
  type FiringCheck,
  type Patience,
  type ProcessCheck,
  type Scene,
  type WatchedPool,
} from "./firing-check.ts";
export { type Blind, type Health, HealthMonitor, type HealthMonitorParts } from "./health-monitor.ts";
export type { LookSession } from "./look-session.ts";
export { DEFAULT_OBJECTIVE, type Objective, type Objectives, objectives } from "./objectives.ts";
export type { RouteStats } from "./route-stats.ts";
export { RouteWindow, type RouteWindowOptions } from "./route-window.ts";
export { type Holder, holdersOf, shortForm } from "./session-holder.ts";
export { isFullOfDeadRows, VACUUM_DUE } from "./table-vacuum.ts";
export { watchedPool } from "./watched-pool.ts";

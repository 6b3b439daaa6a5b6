export type { ConnectionAddress } from "./connection.ts";
export type { IsolationLevel } from "./control-command.ts";
export { checkDatabaseModel, type DatabaseModel, type DatabaseModule } from "./database-model.ts";
export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from "./embedded-errors.ts";
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "./embedded-postgres.ts";
export {
  DatabaseError,
  type DatabaseErrorCode,
  type DatabaseErrorDetails,
  databaseErrors,
} from "./errors.ts";
export {
  type AppInDatabase,
  type MigrationState,
  type MissingFact,
  missingFacts,
  readAppInDatabase,
  readMigrationState,
} from "./inspection.ts";
export { findInstalledApp, type InstalledApp } from "./installed-app.ts";
export { createKysely, type Execute } from "./kysely-dialect.ts";
export { databaseGrants } from "./layout.ts";
export { choosePassword, getsIn, type LoginConnection, loginConnection } from "./login.ts";
export type { MigrationRun } from "./migration-run.ts";
export { POOL_DEFAULTS, Pool, type PoolOptions, type PoolStats } from "./pool.ts";
export {
  applyDatabaseGrants,
  type PrepareDatabaseOptions,
  type PreparedDatabase,
  prepareDatabase,
} from "./prepare-database.ts";
export type { SoftWall } from "./provision-step.ts";
export {
  checkAppName,
  checkModuleName,
  consoleRole,
  type ModuleRoles,
  rolesOf,
  SYSTEM_SCHEMA,
  workerRole,
} from "./roles.ts";
export type { Savepoint } from "./savepoint.ts";
export { type Result, type Statement, statement } from "./statement.ts";
export { STATISTICS_SCHEMA } from "./statement-statistics.ts";
export type { Transaction, TransactionOptions } from "./transaction.ts";
export { translateError } from "./translate-error.ts";
export { findViolations, type Violation, type ViolationKind } from "./violations.ts";
export { testWalls, type WallReport, type WallResult } from "./wall-test.ts";

import pg from "pg";
import { SYSTEM_SCHEMA } from "../roles.ts";
import { activity } from "./activity.ts";
import { databaseCost } from "./database-cost.ts";
import { events } from "./events.ts";
import { firings } from "./firings.ts";
import { idempotency } from "./idempotency.ts";
import { instances } from "./instances.ts";
import { jobs } from "./jobs.ts";
import { logLevels } from "./log-levels.ts";
import { operatorActions } from "./operator-actions.ts";
import { partitions } from "./partitions.ts";
import { observedEdges, traces, workers } from "./system.ts";
import { tracesSearch } from "./traces-search.ts";
import { waitingJobs } from "./waiting-jobs.ts";

interface FrameworkMigration {
  readonly name: string;
  readonly sql: string;
}

/** The framework's own tables in every module's schema, so that they leave with it. */
const inEveryModule: readonly FrameworkMigration[] = [
  { name: "idempotency", sql: idempotency },
  { name: "jobs_and_events", sql: jobs + events + partitions },
  { name: "waiting_jobs", sql: waitingJobs },
];

/** Those of the whole app, in a schema that belongs to no module. */
const inSystemSchema: readonly FrameworkMigration[] = [
  { name: "workers", sql: workers },
  { name: "observed_edges", sql: observedEdges },
  { name: "traces", sql: traces },
  { name: "database_cost", sql: databaseCost },
  { name: "firings", sql: firings },
  { name: "activity", sql: activity },
  { name: "instances", sql: instances },
  { name: "traces_search", sql: tracesSearch },
  { name: "log_levels", sql: logLevels },
  { name: "operator_actions", sql: operatorActions },
];

/**
 * The framework's migrations of one schema. Applied in order, before the module's files, and never edited: changes
 * are appended. `{schema}` in them stands for the schema's quoted name, which functions have to pin.
 */
export function frameworkMigrations(schema: string): FrameworkMigration[] {
  return (schema === SYSTEM_SCHEMA ? inSystemSchema : inEveryModule).map(({ name, sql }) => ({
    name,
    sql: sql.replaceAll("{schema}", pg.escapeIdentifier(schema)),
  }));
}

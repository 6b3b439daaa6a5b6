import { statisticsRemedy } from "../postgres/statement-statistics.ts";

/** Why nobody can say what the modules cost the database. */
export interface DatabaseCostObstacle {
  readonly kind: "missing" | "not_loaded" | "outdated" | "not_allowed";
  /** In words. */
  readonly reason: string;
  /** What a superuser of the database would run. */
  readonly remedy: string;
}

export interface StatisticsState {
  readonly state: "ready" | DatabaseCostObstacle["kind"];
}

export function obstacleOf(app: string, state: StatisticsState["state"]): DatabaseCostObstacle | null {
  switch (state) {
    case "ready":
      return null;
    case "missing":
      return {
        kind: state,
        reason:
          "the database has no extension pg_stat_statements, and the app's administrator may not create it",
        remedy: statisticsRemedy(app),
      };
    case "not_loaded":
      return {
        kind: state,
        reason: "the server does not load pg_stat_statements",
        remedy:
          "alter system set shared_preload_libraries = 'pg_stat_statements'; then restart the server. " +
          "Keep what stands there already.",
      };
    case "outdated":
      return {
        kind: state,
        reason: "the extension pg_stat_statements is that of a PostgreSQL before 14",
        remedy: "alter extension pg_stat_statements update;",
      };
    case "not_allowed":
      return {
        kind: state,
        reason: "the framework may not read pg_stat_statements",
        remedy: statisticsRemedy(app),
      };
  }
}

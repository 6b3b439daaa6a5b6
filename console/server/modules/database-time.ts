import { DatabaseCost } from "ashlar/health";
import { consoleRole } from "ashlar/postgres";
import type { Ground } from "../ground.ts";

/** Reads what the modules cost, under the console's own role and not beyond the deadline. */
export function databaseCostOf({ pool, app }: Ground, deadline: number): DatabaseCost {
  return new DatabaseCost(
    { execute: (role, statement) => pool.execute(role, statement, deadline) },
    app.name,
    consoleRole(app.name),
  );
}

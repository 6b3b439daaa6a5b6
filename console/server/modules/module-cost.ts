import type { ModuleCostView, ModuleStatement } from "../../api/module.ts";
import type { Ground } from "../ground.ts";
import { databaseCostOf } from "./database-time.ts";
import { secondsOf, type WholeMinutes } from "./period.ts";

const STATEMENTS = 10;

export interface ModuleCosts {
  readonly cost: ModuleCostView | null;
  readonly statements: readonly ModuleStatement[];
}

/** What a module cost the database in a period, and its dearest statements. */
export async function moduleCosts(
  ground: Ground,
  module: string,
  period: WholeMinutes,
  deadline: number,
): Promise<ModuleCosts> {
  const reading = databaseCostOf(ground, deadline);
  const dates = { from: new Date(period.from), until: new Date(period.until) };
  const all = await reading.byModule(dates);
  const statements = await reading.topStatements({ ...dates, module, limit: STATEMENTS });
  const own = all.find((each) => each.module === module);
  const hours = secondsOf(period) / 3600;
  // Statements are known by the hour, the rest by the minute: one must not be a share of the other.
  const shown = statements.reduce((sum, { ms }) => sum + ms, 0);
  return {
    cost:
      own === undefined
        ? null
        : {
            msPerHour: own.ms / hours,
            share: own.share,
            statementsPerHour: own.calls / hours,
            rowsPerHour: own.rows / hours,
            blocksReadPerHour: own.blocksRead / hours,
            walBytesPerHour: own.walBytes / hours,
          },
    statements: statements.map(({ queryId, text, calls, ms, meanMs, maxMs, rows }) => ({
      ...{ queryId, text, calls, ms, meanMs, maxMs, rows },
      share: shown === 0 ? 0 : ms / shown,
    })),
  };
}

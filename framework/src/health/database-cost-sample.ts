import { type Pool, type Statement, type Transaction, workerRole } from "../postgres/index.ts";
import { withoutConstants } from "../postgres/sql-scanner.ts";
import { type DatabaseCostObstacle, obstacleOf, type StatisticsState } from "./database-cost-obstacle.ts";
import {
  claim,
  forgetting,
  marking,
  missingTexts,
  newTexts,
  readingOf,
  texts,
  topOfHour,
} from "./database-cost-statements.ts";

/** What came of an attempt to read the statistics. */
export type DatabaseCostSample =
  | {
      readonly outcome: "sampled";
      /** ISO 8601. The minute that the differences were noted for. */
      readonly minute: string;
      /** False for the first reading of all: there is nothing to compare it with. */
      readonly isCounted: boolean;
      /** Statements that ran since the reading before. */
      readonly statements: number;
      /** Whether pg_stat_statements dropped statements since then, whose last cost is not counted. */
      readonly hasDropped: boolean;
    }
  /** Another instance reads just now, or has read this minute. */
  | { readonly outcome: "left to another" }
  | { readonly outcome: "unavailable"; readonly obstacle: DatabaseCostObstacle };

interface Claimed extends StatisticsState {
  readonly minute: Date;
  readonly hour: Date;
  readonly isFirst: boolean;
  readonly lastSampledAt: Date | null;
  readonly wasReset: boolean;
  readonly hasDropped: boolean;
  readonly isCleaningDue: boolean;
}

const DEADLINE_MS = 10_000;

/**
 * Reads pg_stat_statements once and adds what has grown to `ashlar.database_cost` and `ashlar.statement_cost`, unless
 * another instance does. A sample belongs to the minute that most of it lies in, and there is one a minute at most.
 * `at` stands for the server's clock in tests.
 */
export async function sampleDatabaseCost(pool: Pool, app: string, at?: Date): Promise<DatabaseCostSample> {
  const transaction = pool.begin({ deadline: Date.now() + DEADLINE_MS });
  try {
    const sample = await sampleIn(transaction, app, at ?? null);
    await transaction.commit();
    return sample;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}

async function sampleIn(transaction: Transaction, app: string, at: Date | null): Promise<DatabaseCostSample> {
  const role = workerRole(app);
  const run = async <Row>(statement: Statement) => (await transaction.execute<Row>(role, statement)).rows;
  const [claimed] = await run<Claimed>(claim(at));
  if (claimed === undefined) return { outcome: "left to another" };
  const obstacle = obstacleOf(app, claimed.state);
  if (obstacle !== null) return { outcome: "unavailable", obstacle };

  const [read] = await run<{ statements: number }>(readingOf(claimed));
  await run(topOfHour(claimed.hour));
  const missing = (await run<{ queryId: string }>(missingTexts(claimed.hour))).map(({ queryId }) => queryId);
  if (missing.length > 0) {
    const found = await run<{ queryId: string; text: string }>(texts(missing));
    await run(newTexts(found.map(({ queryId, text }) => ({ queryId, text: withoutConstants(text) }))));
  }
  if (claimed.isCleaningDue) await run(forgetting(claimed.minute));
  await run(marking(claimed, at));
  return {
    outcome: "sampled",
    minute: claimed.minute.toISOString(),
    isCounted: !claimed.isFirst,
    statements: read?.statements ?? 0,
    hasDropped: claimed.hasDropped,
  };
}

import type { Pool, Result, Statement, Transaction } from "../../postgres/index.ts";
import type { JobGates } from "./job-gates.ts";

/** Runs a statement: in somebody's transaction, or on its own. */
export type Execute = <Row = Record<string, unknown>>(statement: Statement) => Promise<Result<Row>>;

/** What the statements of one module's queue need to know. */
export interface StoreParts {
  readonly app: string;
  readonly module: string;
  /** The module's schema, quoted. */
  readonly schema: string;
  /** The role of statements that the queue sends of its own accord. */
  readonly role: string;
  readonly pool: Pool;
  /** A test's clock; null means the database's. */
  readonly clock: () => Date | null;
  readonly gates: JobGates;
}

/** Statements that stand alone. */
export function alone(parts: StoreParts): Execute {
  return (statement) => parts.pool.execute(parts.role, statement);
}

const ATTEMPTS = 4;
const CONTENTION: ReadonlySet<unknown> = new Set(["ASHLAR_DEADLOCK", "ASHLAR_SERIALIZATION_FAILURE"]);

/** Runs `work` in a transaction of its own, and again when a concurrent one got in the way. */
export async function together<T>(parts: StoreParts, work: (execute: Execute) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const transaction = parts.pool.begin();
    try {
      const result = await work(executeIn(transaction, parts.role));
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollback();
      if (attempt === ATTEMPTS || !CONTENTION.has((error as { code?: unknown }).code)) throw error;
    }
  }
}

function executeIn(transaction: Transaction, role: string): Execute {
  return (statement) => transaction.execute(role, statement);
}

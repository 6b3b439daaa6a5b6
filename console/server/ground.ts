import type { HealthMonitor } from "ashlar/health";
import type { QueueAdministration } from "ashlar/jobs";
import type { App, AppDescription } from "ashlar/module";
import type { Pool, Result, Statement } from "ashlar/postgres";
import type { Logger } from "pino";

/** What all parts of the console stand on. */
export interface Ground {
  readonly app: App;
  readonly description: AppDescription;
  /** The console's own two connections, under the console's login. */
  readonly pool: Pool;
  /** One statement under the console's role, on its own connections. Throws DatabaseError. */
  execute<Row = Record<string, unknown>>(statement: Statement, deadline?: number): Promise<Result<Row>>;
  /** Over the same connections. */
  readonly queues: QueueAdministration;
  readonly monitor: HealthMonitor;
  readonly log: Logger;
  /** Root of the project, for CODEOWNERS and runbooks; null where the app runs without its sources. */
  readonly root: string | null;
  readonly release: string | null;
  /** Milliseconds of the epoch. */
  now(): number;
}

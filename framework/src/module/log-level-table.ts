import type { Logger } from "pino";
import { type Pool, type Result, type Statement, workerRole } from "../postgres/index.ts";
import { type LogLevel, LogLevelError, type LogLevels } from "../telemetry/index.ts";
import { PeriodicWrite, WRITE_LIMIT_MS } from "./periodic-write.ts";

export interface LogLevelTableParts {
  readonly app: string;
  readonly pool: () => Pool;
  readonly log: Logger;
  readonly levels: LogLevels;
}

const EVERY_MS = 10_000;

/**
 * Takes over from `ashlar.log_levels` what modules are to log for a while, so that a change reaches every instance
 * and not only the one that was asked. Never fails the app: without the database levels stay as they are.
 */
export class LogLevelTable {
  readonly #parts: LogLevelTableParts;
  readonly #periodic = new PeriodicWrite(EVERY_MS, (isLast) => (isLast ? Promise.resolve() : this.#read()));
  /** By module, the change that was taken over last. */
  readonly #seen = new Map<string, string>();

  constructor(parts: LogLevelTableParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#periodic.start();
  }

  stop(): Promise<void> {
    return this.#periodic.stop();
  }

  async #read(): Promise<void> {
    const { app, pool } = this.#parts;
    try {
      const deadline = Date.now() + WRITE_LIMIT_MS;
      const { rows } = await pool().execute<ChangeRow>(workerRole(app), CURRENT, deadline);
      for (const row of rows) this.#take(row);
    } catch {
      // Of a database that is away there are others who tell.
    }
  }

  #take({ module, level, leftMs, setAt }: ChangeRow): void {
    const { levels, log } = this.#parts;
    if (this.#seen.get(module) === setAt) return;
    this.#seen.set(module, setAt);
    try {
      levels.set(module, level, Math.max(1, leftMs));
    } catch (error) {
      // Another release may have other modules.
      if (!(error instanceof LogLevelError)) throw error;
      log.warn({ err: error }, "A change of a log level was passed over");
    }
  }
}

/** Changes the level of a module, or of `app`, on every instance within ten seconds, for a while. */
export function changeLogLevel(
  execute: (statement: Statement) => Promise<Result>,
  { module, level, forMs }: { readonly module: string; readonly level: LogLevel; readonly forMs: number },
): Promise<unknown> {
  return execute({
    text: `with forgotten as (
        delete from ashlar.log_levels where until < now() - interval '1 day' and module <> $1
      )
      insert into ashlar.log_levels (module, level, until)
      values ($1, $2, now() + $3::float8 * interval '1 millisecond')
      on conflict (module) do update set level = excluded.level, until = excluded.until, set_at = clock_timestamp()`,
    values: [module, level, forMs],
  });
}

interface ChangeRow {
  readonly module: string;
  readonly level: LogLevel;
  readonly leftMs: number;
  readonly setAt: string;
}

const CURRENT: Statement = {
  text: `select module, level, extract(epoch from until - now())::float8 * 1000 as "leftMs", set_at::text as "setAt"
    from ashlar.log_levels where until > now()`,
  values: [],
};

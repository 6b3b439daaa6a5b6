import type { Logger } from "pino";
import { LOG_LEVELS, type LogLevel } from "./log-level.ts";

/** Lines of the edge, the worker and the host, which no module writes. */
export const LOG_OF_APP = "app";

/** How long a level is changed for, unless told: long enough to see it happen again, too short to fill a disk. */
export const LEVEL_CHANGE_MS = 15 * 60_000;
const LONGEST_CHANGE_MS = 24 * 60 * 60_000;

export interface ModuleLogLevel {
  readonly module: string;
  readonly level: LogLevel;
  /** What it goes back to. */
  readonly usual: LogLevel;
  /** When it does; null while it is the usual one. */
  readonly until: Date | null;
}

/** A level cannot be changed like this. The message says what could be. */
export class LogLevelError extends Error {
  override readonly name = "LogLevelError";
  readonly code = "ASHLAR_LOG_LEVEL_REFUSED";
}

interface Change {
  readonly until: Date;
  readonly timer: NodeJS.Timeout;
}

/**
 * The loggers of the modules, and what each of them writes. A level is changed for a while and goes back by itself.
 * Each logger's methods are its level: one that is off is an empty function. The loggers of runs inherit from their
 * module's, so a change reaches those that are under way.
 */
export class LogLevels {
  readonly #usual: LogLevel;
  readonly #loggers: Map<string, Logger>;
  readonly #changes = new Map<string, Change>();

  constructor(log: Logger) {
    this.#usual = log.level as LogLevel;
    this.#loggers = new Map([[LOG_OF_APP, log]]);
  }

  /** The logger of a module, made at the first time. */
  loggerOf(module: string): Logger {
    let logger = this.#loggers.get(module);
    if (logger === undefined) {
      logger = this.#loggers.get(LOG_OF_APP)!.child({ module });
      // Of its own from here on: a change of the app's level is none of the modules'.
      logger.level = this.#usual;
      this.#loggers.set(module, logger);
    }
    return logger;
  }

  /** Every module with its level, the app first. */
  list(): ModuleLogLevel[] {
    return [...this.#loggers].map(([module, logger]) => ({
      module,
      level: logger.level as LogLevel,
      usual: this.#usual,
      until: this.#changes.get(module)?.until ?? null,
    }));
  }

  /**
   * Changes the level of a module, or of `app`, for a while. A later change replaces an earlier one with its time; the
   * usual level ends it. Throws LogLevelError for a module, a level or a time that cannot be.
   */
  set(module: string, level: LogLevel, forMs: number = LEVEL_CHANGE_MS): ModuleLogLevel {
    const logger = this.#loggers.get(module);
    if (logger === undefined) {
      const known = [...this.#loggers.keys()].join(", ");
      throw new LogLevelError(`There is no module ${JSON.stringify(module)} that logs; there are ${known}.`);
    }
    if (!LOG_LEVELS.includes(level)) {
      throw new LogLevelError(`${JSON.stringify(level)} is no level; take one of ${LOG_LEVELS.join(", ")}.`);
    }
    // The comparison is false for NaN too.
    if (!(forMs >= 1 && forMs <= LONGEST_CHANGE_MS)) {
      throw new LogLevelError(`A level is changed for 1 to ${LONGEST_CHANGE_MS} ms, not for ${forMs}.`);
    }
    clearTimeout(this.#changes.get(module)?.timer);
    this.#changes.delete(module);
    logger.level = level;
    if (level !== this.#usual) {
      const timer = setTimeout(() => {
        this.#changes.delete(module);
        logger.level = this.#usual;
      }, forMs);
      // A process that has nothing else to do ends, whatever its levels are.
      timer.unref();
      this.#changes.set(module, { until: new Date(Date.now() + forMs), timer });
    }
    return this.list().find((each) => each.module === module)!;
  }
}

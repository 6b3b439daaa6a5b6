export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export type LogLevelView = (typeof LOG_LEVELS)[number];

/** GET /console/api/logs/levels: what every instance of the app writes within ten seconds. */
export interface LogLevelsView {
  /** The app's own lines under `app`, then the modules. */
  readonly modules: readonly ModuleLogLevelView[];
}

export interface ModuleLogLevelView {
  readonly module: string;
  readonly level: LogLevelView;
  /** What it goes back to. */
  readonly usual: LogLevelView;
  /** When it does; null while it is the usual one. */
  readonly until: number | null;
}

/** Input of POST /console/api/logs/level, action `logs.level`. */
export interface LogLevelChange {
  readonly module: string;
  readonly level: LogLevelView;
  /** 1 to 1,440; 15 unless given. The usual level ends a change. */
  readonly minutes?: number;
}

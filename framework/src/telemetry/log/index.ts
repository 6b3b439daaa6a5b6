export type { Logger } from "pino";
export type { ErrorFields } from "./error-fields.ts";
export { createLog, type LogDestination, type LogOptions, recentLinesOf } from "./log.ts";
export { LOG_LEVELS, type LogLevel } from "./log-level.ts";
export { LEVEL_CHANGE_MS, LOG_OF_APP, LogLevelError, LogLevels, type ModuleLogLevel } from "./log-levels.ts";
export { type RecentLine, RecentLines } from "./recent-lines.ts";
export { Secret } from "./secret.ts";

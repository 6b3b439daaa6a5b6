/** From all to nothing. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Pino's numbers, for what decides by them. */
export const INFO = 30;
export const WARN = 40;

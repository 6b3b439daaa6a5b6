import { type Logger, pino } from "pino";
import type { LogLevel } from "./configuration.ts";

/** JSON lines on stderr: stdout is for people and scripts, who wait there for `ready`. */
export function createLog(level: LogLevel): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  );
}

import { type Logger, pino } from "pino";
import type { LogLevel } from "./configuration.ts";

/** Lines are written together, at the latest after this: a write for each would cost as much as the rest of it. */
const FLUSH_MS = 100;
const FLUSH_BYTES = 4096;

/** JSON lines on stderr: stdout is for people and scripts, who wait there for `ready`. */
export function createLog(level: LogLevel): Logger {
  return pino(
    { level, base: null, timestamp: isoTime() },
    pino.destination({ dest: 2, sync: false, minLength: FLUSH_BYTES, periodicFlush: FLUSH_MS }),
  );
}

/** Formats a moment once: under load many lines share a millisecond. */
function isoTime(): () => string {
  let formatted = "";
  let formattedFor = 0;
  return () => {
    const now = Date.now();
    if (now !== formattedFor) {
      formatted = `,"time":"${new Date(now).toISOString()}"`;
      formattedFor = now;
    }
    return formatted;
  };
}

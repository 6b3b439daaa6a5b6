import { createLog, type Logger, type LogLevel } from "../../../src/telemetry/index.ts";

export interface CollectedLog {
  readonly log: Logger;
  readonly lines: string[];
  /** The lines parsed. */
  readonly fields: () => Record<string, unknown>[];
}

/** A log whose lines are kept, as they would be written. */
export function collectedLog(options: { level?: LogLevel; pretty?: boolean } = {}): CollectedLog {
  const lines: string[] = [];
  const log = createLog({ level: "info", ...options, destination: { write: (line) => lines.push(line) } });
  return { log, lines, fields: () => lines.map((line) => JSON.parse(line)) };
}

import { isatty } from "node:tty";
import { type ChildLoggerOptions, type Logger, type LoggerOptions, pino } from "pino";
import { controlsEscaped } from "./control-characters.ts";
import { INFO, type LogLevel, WARN } from "./log-level.ts";
import { RecentLines } from "./recent-lines.ts";
import { SafeFields } from "./safe-fields.ts";
import { terminalLine } from "./terminal-line.ts";

/** Where lines go to, one at a time, each with its end. */
export interface LogDestination {
  write(line: string): unknown;
  readonly isTTY?: boolean | undefined;
  hasColors?(): boolean;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** For people instead of machines. By default where the destination is a terminal. */
  readonly pretty?: boolean | undefined;
  /** The number of a stream of the process, or anything that takes lines. Default 2: standard error. */
  readonly destination?: 1 | 2 | LogDestination | undefined;
}

/** Lines are written together, at the latest after this: a write for each would cost as much as the rest of it. */
const FLUSH_MS = 100;
const FLUSH_BYTES = 4_096;
/** What waits for a reader that does not read. Beyond it lines are lost, and the process lives. */
const MOST_WAITING_BYTES = 16 * 1_024 * 1_024;

const RECENT = Symbol("recent lines");

/**
 * A log of JSON lines, or of lines for people on a terminal. Whatever it is given: secrets do not get into it, a line
 * stays one line of bounded size, and logging never throws.
 */
export function createLog({ level, pretty, destination = 2 }: LogOptions): Logger {
  const terminal = typeof destination === "number" ? terminalOf(destination) : destination;
  const isPretty = pretty ?? terminal?.isTTY === true;
  const hasColors = isPretty && terminal?.hasColors?.() === true;
  const lost = (lines: number) =>
    log.warn({ lines }, "lines of the log were lost: what reads it is too slow");
  const sink = typeof destination === "number" ? fileOf(destination, isPretty, lost) : destination;
  const recent = new RecentLines();
  const stream = {
    // Asks pino for the level of each line.
    [Symbol.for("pino.metadata")]: true,
    lastLevel: 0,
    write(json: string): void {
      const line = controlsEscaped(json);
      if (stream.lastLevel >= WARN) recent.keep(line);
      sink.write(isPretty ? terminalLine(line, hasColors) : line);
    },
    flush: (done?: (error?: Error) => void) => ("flush" in sink ? sink.flush(done) : done?.()),
    flushSync: () => ("flushSync" in sink ? sink.flushSync() : undefined),
  };
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: isoTime(),
    formatters: { level: (label) => ({ level: label }) },
    // Errors are described before pino sees them.
    serializers: { err: (err) => err },
    hooks: { logMethod: writeSafely },
  };
  const log: Logger = pino(options, stream);
  const child = log.child as unknown as (
    this: Logger,
    bindings: object,
    options?: ChildLoggerOptions,
  ) => Logger;
  return Object.assign(log, {
    [RECENT]: recent,
    // Loggers inherit from the one they are a child of, so this is the `child` of all of them.
    child(this: Logger, bindings: object, options?: ChildLoggerOptions): Logger {
      return child.call(this, new SafeFields(false).fields(bindings, false), options);
    },
  }) as Logger;
}

/** The last lines at warn and above that went through the log or a child of it; none of a log made otherwise. */
export function recentLinesOf(log: Logger): RecentLines {
  return (log as { [RECENT]?: RecentLines })[RECENT] ?? new RecentLines();
}

function writeSafely(this: Logger, args: unknown[], method: (...args: never[]) => void, level: number): void {
  const tellsAll = level < INFO;
  try {
    const written = args.map((argument, index) =>
      index === 0 && typeof argument === "object" && argument !== null
        ? new SafeFields(tellsAll).fields(argument, args.length > 1)
        : new SafeFields(tellsAll).value(argument),
    );
    method.apply(this, written as never[]);
  } catch {
    // Of a destination that throws. There is nowhere to tell it, and work does not fail for want of a log.
  }
}

function terminalOf(destination: 1 | 2): LogDestination | null {
  if (!isatty(destination)) return null;
  return destination === 1 ? process.stdout : process.stderr;
}

function fileOf(destination: 1 | 2, isPretty: boolean, onLost: (lines: number) => void) {
  const file = pino.destination({
    dest: destination,
    maxLength: MOST_WAITING_BYTES,
    // Somebody who watches sees each line when it is written, and in its order with what else is printed.
    ...(isPretty ? { sync: true } : { sync: false, minLength: FLUSH_BYTES, periodicFlush: FLUSH_MS }),
  });
  let lost = 0;
  file.on("drop", () => lost++);
  file.on("drain", () => {
    if (lost === 0) return;
    const lines = lost;
    lost = 0;
    onLost(lines);
  });
  // A full disk behind the log is no reason to stop serving.
  file.on("error", () => {});
  return file;
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

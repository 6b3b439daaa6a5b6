import { hostname } from "node:os";
import type { RecentLines } from "ashlar/telemetry";
import type { LogLineView, TraceLogs } from "../../api/traces.ts";

const MOST_LINES = 100;
const MOST_CHARACTERS = 4_000;
const LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};
/** What is shown beside the other fields, or is the same for all lines of a trace. */
const APART = new Set(["level", "time", "msg", "module", "trace", "pid", "hostname"]);

/** What this instance still holds of a trace's lines at warn and above. */
export function traceLogs(lines: RecentLines, traceId: string): TraceLogs {
  const found = lines.ofTrace(traceId);
  return {
    instance: `${hostname()}:${process.pid}`,
    lines: found.slice(0, MOST_LINES).map(({ fields }) => lineView(fields)),
    hasMore: found.length > MOST_LINES,
  };
}

function lineView(fields: Readonly<Record<string, unknown>>): LogLineView {
  const { level, time, msg, module } = fields;
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !APART.has(name)));
  const at = typeof time === "number" ? time : Date.parse(String(time));
  return {
    at: Number.isFinite(at) ? at : null,
    level: typeof level === "number" ? (LEVELS[level] ?? String(level)) : String(level),
    module: typeof module === "string" ? module : null,
    message: typeof msg === "string" ? msg.slice(0, MOST_CHARACTERS) : "",
    fields: Object.keys(rest).length === 0 ? "" : JSON.stringify(rest, null, 2).slice(0, MOST_CHARACTERS),
  };
}

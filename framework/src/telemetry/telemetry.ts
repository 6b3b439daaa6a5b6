import { type Logger, pino } from "pino";
import { LogLevels, type RecentLines, recentLinesOf } from "./log/index.ts";
import { Metrics } from "./metrics/metrics.ts";
import { SpanMetrics } from "./metrics/span-metrics.ts";
import { SpanRing } from "./span-ring.ts";
import { TraceKeeper, type TraceRules } from "./trace-keeper.ts";

export interface TelemetryParts {
  readonly spans?: SpanRing | undefined;
  readonly traces?: TraceRules | undefined;
  readonly log?: Logger | undefined;
}

/** What an app tells of itself. Spans are the one source; all else derives from spans as they end. */
export class Telemetry {
  readonly spans: SpanRing;
  readonly metrics = new Metrics();
  readonly traces: TraceKeeper;
  /** The loggers of the modules, and their levels. */
  readonly logLevels: LogLevels;
  /** The last lines at warn and above, by trace. */
  readonly recentLines: RecentLines;

  constructor({ spans = new SpanRing(), traces = {}, log = pino({ level: "silent" }) }: TelemetryParts = {}) {
    this.logLevels = new LogLevels(log);
    this.recentLines = recentLinesOf(log);
    this.spans = spans;
    spans.onEnded(new SpanMetrics(this.metrics).ended);
    this.traces = new TraceKeeper({ spans, rules: traces });
  }
}

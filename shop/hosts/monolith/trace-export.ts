import type { App } from "ashlar/module";
import { OtlpExporter } from "ashlar/telemetry";
import type { Logger } from "pino";
import type { Configuration } from "./configuration.ts";

/** Begins to send the app's kept traces to the collector; null when there is none. */
export function exportTraces(
  app: App,
  { collector, serviceName }: Configuration,
  log: Logger,
): OtlpExporter | null {
  if (collector === undefined) return null;
  const { traces, spans, metrics } = app.telemetry;
  const exporter = new OtlpExporter({
    target: collector,
    traces,
    spans,
    metrics,
    serviceName,
    serviceVersion: "0.1.0",
    log,
  });
  exporter.start();
  return exporter;
}

import { Link } from "wouter";
import {
  Ago,
  Chart,
  formatCount,
  formatDuration,
  formatRate,
  formatShare,
  Panel,
  Severity,
} from "../../elements/index.ts";
import { LogLevel } from "./log-level.tsx";
import type { ModuleTab } from "./module-tab.ts";
import { QueueTable } from "./queue-table.tsx";

/** How the module does: what fires, what it did and how long that took. */
export function OverviewTab({ module, refetch }: ModuleTab) {
  const { firing, series, changes, work, cost, log, queues } = module;
  return (
    <>
      {firing.length > 0 && (
        <Panel title="What fires here">
          <ul className="module-signs">
            {firing.map(({ check, subject, severity, title, since, place }) => (
              <li key={`${check} ${subject}`}>
                <Severity of={severity} word={title} />
                <span className="quiet-text">
                  since <Ago at={since} /> · <Link href={place.href}>{place.label}</Link>
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <dl className="module-figures">
        <Figure label="Done" value={formatCount(work.count)} />
        <Figure label="Rate" value={formatRate(work.perSecond)} />
        <Figure
          label="Failed"
          value={formatShare(work.errorShare)}
          severity={work.failed === 0 ? undefined : work.errorShare < 0.01 ? "warning" : "error"}
        />
        <Figure label="p50" value={work.p50Ms === null ? "–" : formatDuration(work.p50Ms)} />
        <Figure label="p99" value={work.p99Ms === null ? "–" : formatDuration(work.p99Ms)} />
        <Figure label="Of database time" value={cost === null ? "–" : formatShare(cost.share)} />
      </dl>
      <div className="module-charts">
        <div className="panel module-chart">
          <Chart
            title="Done per second"
            series={series}
            markers={changes}
            lines={[
              { name: "operations", label: "Operations", format: formatRate },
              ...(module.jobs.length === 0
                ? []
                : [{ name: "jobs", label: "Jobs", format: formatRate, colour: "var(--chart-2)" }]),
              ...(module.subscribers.length === 0
                ? []
                : [
                    { name: "deliveries", label: "Deliveries", format: formatRate, colour: "var(--chart-3)" },
                  ]),
            ]}
          />
        </div>
        <div className="panel module-chart">
          <Chart
            title="Share that failed"
            series={series}
            markers={changes}
            lines={[{ name: "errors", label: "Failed", format: formatShare, colour: "var(--error)" }]}
          />
        </div>
        <div className="panel module-chart">
          <Chart
            title="How long operations took"
            series={series}
            markers={changes}
            lines={[
              { name: "p50", label: "p50", format: formatDuration },
              { name: "p99", label: "p99", format: formatDuration, colour: "var(--chart-3)" },
            ]}
          />
        </div>
        <div className="panel module-chart">
          <Chart
            title="Time in the database, per second"
            series={series}
            markers={changes}
            lines={[{ name: "database", label: "Time", format: formatDuration, colour: "var(--chart-2)" }]}
          />
        </div>
      </div>
      {queues.length > 0 && (
        <Panel title="Queues">
          <QueueTable module={module.name} queues={queues} />
        </Panel>
      )}
      <LogLevel module={module.name} log={log} onDone={refetch} />
    </>
  );
}

function Figure({
  label,
  value,
  severity,
}: {
  readonly label: string;
  readonly value: string;
  readonly severity?: "warning" | "error" | undefined;
}) {
  return (
    <div data-severity={severity}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

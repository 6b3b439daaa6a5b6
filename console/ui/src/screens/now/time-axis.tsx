import type { Change, FiringView } from "../../../../api/now.ts";
import type { Series } from "../../../../api/series.ts";
import { Chart, Empty, formatDuration, formatRate, formatTime, settled } from "../../elements/index.ts";

const CHANGE_WORDS: Readonly<Record<Change["kind"], string>> = {
  deploy: "Deploy",
  restart: "Restart",
  migration: "Migration",
  action: "Action",
  "log-level": "Log level",
};

/** What somebody did, in a word. */
export function changeWord(kind: Change["kind"]): string {
  return CHANGE_WORDS[kind];
}

/** The last hour: the traffic, and below it on the same axis what fired and what somebody changed. */
export function TimeAxis({
  traffic: measured,
  firings,
  changes,
}: {
  readonly traffic: Series;
  readonly firings: readonly FiringView[];
  readonly changes: readonly Change[];
}) {
  const traffic = settled(measured, Date.now());
  const from = traffic.times[0];
  const last = traffic.times.at(-1);
  if (from === undefined || last === undefined) {
    return <Empty title="The traffic is not known" hint="It is told once the database has answered." />;
  }
  const place = (at: number) =>
    `${(100 * Math.min(1, Math.max(0, (at - from) / (last - from)))).toFixed(2)}%`;
  const within = firings.filter(({ since, endedAt }) => (endedAt ?? last) >= from && since <= Date.now());
  const shown = changes.filter(({ at }) => at >= from);
  return (
    <div className="now-axis">
      <Chart
        title="Requests"
        series={measured}
        height={140}
        lines={[
          { name: "requests", label: "Requests", format: formatRate },
          { name: "p99", label: "99th percentile", format: formatDuration, colour: "var(--chart-2)" },
          { name: "errors", label: "Failed", format: shareOf, colour: "var(--chart-1)" },
        ]}
        markers={shown}
      />
      {within.length + shown.length > 0 && (
        <div
          className="now-strip"
          role="img"
          aria-label={`On the same axis: ${within.length} firings and ${shown.length} changes, which the lists below name`}
        >
          {within.length > 0 && <span className="now-strip-name">Fires</span>}
          {within.map(({ check, subject, since, endedAt, severity, title }) => (
            <div key={`${check} ${subject} ${since}`} className="now-strip-row">
              <span
                className="now-strip-bar"
                data-severity={severity}
                style={{
                  insetInlineStart: `min(${place(since)}, calc(100% - 4px))`,
                  insetInlineEnd: `calc(100% - ${place(endedAt ?? last)})`,
                }}
                title={`${title}, since ${formatTime(since)}${endedAt === null ? "" : `, until ${formatTime(endedAt)}`}`}
              />
            </div>
          ))}
          {shown.length > 0 && (
            <div className="now-strip-row now-strip-changes">
              <span className="now-strip-name">Changes</span>
              {shown.map((change) => (
                <span
                  key={`${change.kind} ${change.at} ${change.title}`}
                  className="now-strip-change"
                  data-kind={change.kind}
                  style={{ insetInlineStart: place(change.at) }}
                  title={`${changeWord(change.kind)} at ${formatTime(change.at)}: ${change.title}`}
                />
              ))}
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** In whole tenths, so that the axis of few failures is no zigzag of digits. */
function shareOf(share: number): string {
  return share === 0 ? "0 %" : `${(share * 100).toFixed(1)} %`;
}

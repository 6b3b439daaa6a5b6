import type { Change } from "../../../../api/now.ts";
import { formatTime, useNow } from "../../elements/index.ts";
import { changeWord } from "../now/time-axis.tsx";

const DAY_MS = 86_400_000;
const DAYS = 7;
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric" });

/** The week as a line, with a mark for each change; the list below names them. */
export function ChangeAxis({ changes }: { readonly changes: readonly Change[] }) {
  const until = Math.ceil(useNow() / 60_000) * 60_000;
  const from = until - DAYS * DAY_MS;
  const place = (at: number) => ({
    insetInlineStart: `${((100 * (at - from)) / (until - from)).toFixed(2)}%`,
  });
  const shown = changes.filter(({ at }) => at >= from && at <= until);
  if (shown.length === 0) return null;
  return (
    <div
      className="change-axis"
      role="img"
      aria-label={`${shown.length} changes over the last week, listed below`}
    >
      {midnights(from, until).map((at) => (
        <span key={at} className="change-axis-day" style={place(at)}>
          {day.format(at)}
        </span>
      ))}
      {shown.map((change) => (
        <span
          key={`${change.kind} ${change.at} ${change.title}`}
          className="now-strip-change"
          data-kind={change.kind}
          style={place(change.at)}
          title={`${changeWord(change.kind)} at ${formatTime(change.at)}: ${change.title}`}
        />
      ))}
    </div>
  );
}

/** Of the reader's zone. */
function midnights(from: number, until: number): number[] {
  const first = new Date(from);
  first.setHours(24, 0, 0, 0);
  const found: number[] = [];
  for (const at = first; at.getTime() < until; at.setDate(at.getDate() + 1)) found.push(at.getTime());
  return found;
}

import { Link } from "wouter";
import { ActionButton, ChoiceFilter, Filters, Panel, TextFilter, useFilters } from "../../elements/index.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DEFAULT_SINCE = "1h";

const AGES = [
  { value: "15m", label: "the last 15 minutes" },
  { value: "1h", label: "the last hour" },
  { value: "6h", label: "the last 6 hours" },
  { value: "1d", label: "the last day" },
  { value: "7d", label: "the last 7 days" },
];

/** What period to deliver again, to the subscriber in the address; the action counts before it does anything. */
export function ReplayPanel() {
  const filters = useFilters();
  const subscriber = filters.get("replay");
  if (subscriber === null) return null;
  const from = filters.get("from") ?? "";
  const to = filters.get("to") ?? "";
  const now = Date.now();
  const since = readMoment(from, now) ?? now - (ageOf(filters.get("since") ?? "") ?? ageOf(DEFAULT_SINCE)!);
  const until = readMoment(to, now);
  const fault = faultOf(from, to, since, until ?? now, now);
  return (
    <Panel
      title={`Replay to ${subscriber}`}
      aside={
        <Link
          className="button quiet small"
          href={`/events?${filters.with({ replay: null, since: null, from: null, to: null })}`}
        >
          Close
        </Link>
      }
    >
      <p>
        Delivers the events of a period again, in the order of their publishing, whether the subscriber has
        taken them in before or not. Its handler must bear that.
      </p>
      <Filters label="Period">
        <ChoiceFilter name="since" label="Events of" choices={AGES} all={null} />
        <TextFilter name="from" label="Or from" placeholder="2026-05-04 10:00" />
        <TextFilter name="to" label="To" placeholder="now" />
      </Filters>
      {fault === null ? (
        <div className="match-actions">
          <ActionButton
            action="events.replay"
            path="/events/replay"
            input={{ subscriber, since, ...(until === null ? {} : { until }) }}
            label="Replay"
            one="event"
          />
        </div>
      ) : (
        <p role="alert">{fault}</p>
      )}
    </Panel>
  );
}

function ageOf(text: string): number | null {
  const match = /^([0-9]{1,6})([smhd])$/.exec(text);
  return match === null ? null : Number(match[1]) * (UNITS[match[2]!] ?? 0);
}

/** A date in the reader's zone, or with one of its own; null where there is none that can be read. */
function readMoment(text: string, now: number): number | null {
  const age = ageOf(text);
  if (age !== null) return now - age;
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  const at = Date.parse(text.replace(" ", "T"));
  return Number.isNaN(at) ? null : at;
}

function faultOf(from: string, to: string, since: number, until: number, now: number): string | null {
  for (const text of [from, to]) {
    if (text !== "" && readMoment(text, now) === null) {
      return `“${text}” is no time. It looks like 2026-05-04 10:00, or like 2h for two hours ago.`;
    }
  }
  return since < until ? null : "The period ends before it begins.";
}

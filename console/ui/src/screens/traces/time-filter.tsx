import { useId } from "react";
import { formatTime, useFilters } from "../../elements/index.ts";

const MINUTE = 60_000;
const RANGES = [
  { ms: 15 * MINUTE, label: "Last 15 min" },
  { ms: 60 * MINUTE, label: "Last hour" },
  { ms: 6 * 60 * MINUTE, label: "Last 6 h" },
  { ms: 24 * 60 * MINUTE, label: "Last day" },
];

/**
 * From when until when, as moments in the address: a link that is passed on shows the same. Choosing "the last hour"
 * therefore fixes its beginning.
 */
export function TimeFilter() {
  const filters = useFilters();
  const id = useId();
  const from = moment(filters.get("from"));
  const until = moment(filters.get("until"));
  const isSet = from !== null || until !== null;
  const choose = (value: string) => {
    if (value === "set") return;
    filters.change({
      from: value === "" ? null : String(Math.floor((Date.now() - Number(value)) / 1_000) * 1_000),
      until: null,
    });
  };
  return (
    <label className="field" htmlFor={id}>
      <span className="field-label">Time</span>
      <span className="field-box">
        <select id={id} value={isSet ? "set" : ""} onChange={(event) => choose(event.target.value)}>
          <option value="">Any</option>
          {isSet && <option value="set">{rangeText(from, until)}</option>}
          {RANGES.map(({ ms, label }) => (
            <option key={ms} value={ms}>
              {label}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
}

function rangeText(from: number | null, until: number | null): string {
  if (until === null) return `Since ${formatTime(from!)}`;
  return from === null ? `Until ${formatTime(until)}` : `${formatTime(from)} to ${formatTime(until)}`;
}

function moment(text: string | null): number | null {
  const at = Number(text ?? "");
  return text === null || text === "" || !Number.isFinite(at) || at > 8.64e15 ? null : at;
}

import type { MapView } from "../../../../api/map.ts";

/** What the lines mean, as far as there are such lines. */
export function MapLegend({ map: { edges } }: { readonly map: MapView }) {
  const kinds = (["call", "event", "read"] as const).filter((kind) =>
    edges.some((edge) => edge.kind === kind),
  );
  return (
    <ul className="map-legend" aria-label="Legend">
      {kinds.map((kind) => (
        <li key={kind}>
          <Sample kind={kind} />
          {{ call: "calls", event: "events", read: "reads views" }[kind]}
        </li>
      ))}
      {edges.some(({ isObserved }) => !isObserved) && (
        <li>
          <Sample kind="call" isQuiet />
          not seen within 30 days
        </li>
      )}
      <li>
        <Sample kind="call" trouble="warning" />
        less than 1 % failed
      </li>
      <li>
        <Sample kind="call" trouble="error" />1 % failed or more
      </li>
      <li className="quiet-text">A line is as wide as it is busy.</li>
    </ul>
  );
}

function Sample({
  kind,
  trouble = "none",
  isQuiet = false,
}: {
  readonly kind: string;
  readonly trouble?: string;
  readonly isQuiet?: boolean;
}) {
  return (
    <svg viewBox="0 0 32 8" width="32" height="8" aria-hidden="true">
      <g className="map-line" data-kind={kind} data-trouble={trouble} data-quiet={isQuiet ? "" : undefined}>
        <path className="map-line-drawn" d="M1 4 H31" strokeWidth={2} />
      </g>
    </svg>
  );
}

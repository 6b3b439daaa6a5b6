import type { MapEdge, MapModule, MapView } from "../../../../api/map.ts";
import type { Work } from "../../../../api/work.ts";
import { Ago, formatDuration, formatRate, formatShare, Severity } from "../../elements/index.ts";
import { edgeState, edgeTitle } from "./edge-words.ts";
import type { Pointed } from "./map-picture.tsx";

/** The numbers of what the reader points at. Who listens hears them with the link itself. */
export function MapDetails({ map, pointed }: { readonly map: MapView; readonly pointed: Pointed | null }) {
  const module =
    pointed?.kind === "module" ? map.modules.find(({ name }) => name === pointed.name) : undefined;
  const edge = pointed?.kind === "edge" ? map.edges[pointed.index] : undefined;
  return (
    <div className="map-details" aria-hidden="true">
      {module !== undefined && <ModuleDetails module={module} />}
      {edge !== undefined && <EdgeDetails edge={edge} />}
      {module === undefined && edge === undefined && (
        <p className="quiet-text">Point at a module or a line for its numbers.</p>
      )}
    </div>
  );
}

function ModuleDetails({ module: { name, work, database, firing } }: { readonly module: MapModule }) {
  return (
    <>
      <p className="map-details-title">{name}</p>
      <Numbers
        items={[
          ...numbersOf(work),
          ...(database === null
            ? []
            : [
                ["Database time", `${formatDuration(database.msPerSecond)}/s`] as const,
                ["Of all database time", formatShare(database.share)] as const,
              ]),
        ]}
      />
      {firing !== null && (
        <p className="map-details-firing">
          <Severity of={firing.severity} word={firing.title} />
        </p>
      )}
    </>
  );
}

function EdgeDetails({ edge }: { readonly edge: MapEdge }) {
  return (
    <>
      <p className="map-details-title">{edgeTitle(edge)}</p>
      <Numbers items={[...(edge.work === null ? [] : numbersOf(edge.work)), ["State", edgeState(edge)]]} />
      {edge.members.length > 0 && (
        <ul className="map-members">
          {edge.members.slice(0, 6).map(({ kind, id, seenAt }) => (
            <li key={`${kind} ${id}`}>
              <code>{id}</code> {seenAt === null ? "not seen" : <Ago at={seenAt} />}
            </li>
          ))}
          {edge.members.length > 6 && <li>and {edge.members.length - 6} more</li>}
        </ul>
      )}
    </>
  );
}

function numbersOf(work: Work): (readonly [string, string])[] {
  return [
    ["Rate", formatRate(work.perSecond)],
    ["Failed", formatShare(work.errorShare)],
    ["p50", work.p50Ms === null ? "–" : formatDuration(work.p50Ms)],
    ["p99", work.p99Ms === null ? "–" : formatDuration(work.p99Ms)],
  ];
}

function Numbers({ items }: { readonly items: readonly (readonly [string, string])[] }) {
  return (
    <dl className="map-numbers">
      {items.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

import type { MapEdge, MapModule, MapView } from "../../../../api/map.ts";
import { Ago, Duration, formatRate, Module, Panel, Severity, Share, Table } from "../../elements/index.ts";
import { EDGE_KINDS, edgeHref, edgeState, lastSeen } from "./edge-words.ts";
import { amountOf, amountOfEdge, type Measure, troubleOf } from "./measure.ts";

/** The same as the picture, as tables: by what was chosen, the most first. */
export function MapTables({ map, measure }: { readonly map: MapView; readonly measure: Measure }) {
  const modules = [...map.modules]
    .filter(({ isHere }) => isHere)
    .sort((one, other) => (amountOf(other, measure) ?? -1) - (amountOf(one, measure) ?? -1));
  const edges = [...map.edges].sort(
    (one, other) => (amountOfEdge(other, measure) ?? -1) - (amountOfEdge(one, measure) ?? -1),
  );
  return (
    <>
      <Panel title="Modules">
        <Table<MapModule>
          caption="Modules"
          rows={modules}
          rowKey={({ name }) => name}
          rowHref={({ name }) => `/modules/${encodeURIComponent(name)}`}
          empty="The app has no modules."
          columns={[
            { name: "name", label: "Module", isWide: true, cell: ({ name }) => <Module name={name} plain /> },
            {
              name: "firing",
              label: "State",
              cell: ({ firing }) =>
                firing === null ? <Severity of="well" /> : <Severity of={firing.severity} />,
            },
            { name: "rate", label: "Rate", align: "end", cell: ({ work }) => formatRate(work.perSecond) },
            { name: "failed", label: "Failed", align: "end", cell: ({ work }) => <Failed work={work} /> },
            { name: "p50", label: "p50", align: "end", cell: ({ work }) => <Duration ms={work.p50Ms} /> },
            { name: "p99", label: "p99", align: "end", cell: ({ work }) => <Duration ms={work.p99Ms} /> },
            {
              name: "database",
              label: "Database time",
              align: "end",
              cell: ({ database }) => <Share of={database?.share} />,
            },
          ]}
        />
      </Panel>
      <Panel title="Edges">
        <Table<MapEdge>
          caption="Edges between modules"
          rows={edges}
          rowKey={({ kind, from, to }) => `${kind} ${from} ${to}`}
          rowHref={edgeHref}
          empty="No module needs another one."
          columns={[
            {
              name: "edge",
              label: "Edge",
              cell: ({ kind, from, to }) => (
                <span className="map-edge-name">
                  <Module name={from} plain />
                  <span className="quiet-text">{EDGE_KINDS[kind]} →</span>
                  <Module name={to} plain />
                </span>
              ),
            },
            {
              name: "rate",
              label: "Rate",
              align: "end",
              cell: ({ work }) => (work === null ? "–" : formatRate(work.perSecond)),
            },
            {
              name: "failed",
              label: "Failed",
              align: "end",
              cell: ({ work }) => (work === null ? "–" : <Failed work={work} />),
            },
            { name: "p99", label: "p99", align: "end", cell: ({ work }) => <Duration ms={work?.p99Ms} /> },
            { name: "seen", label: "Last seen", cell: (edge) => <Ago at={lastSeen(edge)} /> },
            { name: "state", label: "State", isWide: true, cell: edgeState },
          ]}
        />
      </Panel>
    </>
  );
}

function Failed({ work }: { readonly work: NonNullable<MapEdge["work"]> }) {
  if (work.count === 0) return <Share of={null} />;
  const trouble = troubleOf(work);
  if (trouble === "none") return <Share of={work.errorShare} />;
  return (
    <span className="map-failed" data-severity={trouble}>
      <Share of={work.errorShare} />
    </span>
  );
}

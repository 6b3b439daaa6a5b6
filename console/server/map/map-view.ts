import { type GraphEdge, type PlacedLine, pathData } from "@ashlar/graph";
import type { Firing } from "ashlar/health";
import type { MapEdge, MapEdgeKind, MapMember, MapModule, MapView } from "../../api/map.ts";
import { moduleFiring } from "../modules/module-firing.ts";
import type { RecentWork } from "../modules/recent-work.ts";
import type { ObservedPair } from "./observed.ts";
import type { Picture } from "./picture.ts";

export interface MapParts {
  readonly picture: Picture;
  readonly observed: readonly ObservedPair[];
  readonly work: RecentWork;
  readonly firing: readonly Firing[];
}

/** The picture with the numbers in it. */
export function mapView(parts: MapParts): Omit<MapView, "from" | "until"> {
  const { layout } = parts.picture;
  return {
    width: layout.width,
    height: layout.height,
    modules: layout.modules.map(({ module: { name, isHere }, x, y, width, height }): MapModule => {
      return {
        name,
        ...{ x: round(x), y: round(y), width: round(width), height: round(height) },
        isHere,
        work: parts.work.ofModule(name),
        database: parts.work.database(name),
        firing: moduleFiring(parts.firing, name),
      };
    }),
    edges: layout.lines.map((line) => mapEdge(line, parts)),
  };
}

const KINDS = { calls: "call", reads: "read", events: "event" } as const satisfies Record<
  string,
  MapEdgeKind
>;

function mapEdge({ line, label, points }: PlacedLine, { picture, observed, work }: MapParts): MapEdge {
  const { from, to } = line;
  const kind = KINDS[line.kind];
  // A line of calls stands for the views beside them too.
  const kinds: readonly MapEdgeKind[] = kind === "call" ? ["call", "read"] : [kind];
  const edges = picture.graph.edges.filter(
    (edge) => edge.from === from && edge.to === to && kinds.includes(KINDS[edge.kind]),
  );
  const seen = observed.filter((pair) => pair.from === from && pair.to === to && kinds.includes(pair.kind));
  const declared = edges.flatMap(declaredMembers);
  return {
    kind,
    from,
    to,
    path: pathData(points),
    label: { x: round(label.x + label.width / 2), y: round(label.y + label.height / 2) },
    members: [
      ...declared.map(({ kind, id }): MapMember => {
        const pair = seen.find((each) => each.kind === kind && each.id === id);
        return { kind, id, isDeclared: true, seenAt: pair?.seenAt ?? null };
      }),
      ...seen
        .filter((pair) => !declared.some(({ kind, id }) => kind === pair.kind && id === pair.id))
        // `uses` names no operations: whatever is called of such a module is declared with it.
        .map(({ kind, id, seenAt }): MapMember => {
          return { kind, id, isDeclared: kind === "call" && edges.some(isUse), seenAt };
        }),
    ],
    isDeclared: edges.some(isUse) || declared.length > 0,
    isObserved: seen.length > 0,
    work: workOfEdge(kind, from, to, edges, work),
  };
}

function workOfEdge(
  kind: MapEdgeKind,
  from: string,
  to: string,
  edges: readonly GraphEdge[],
  work: RecentWork,
): MapEdge["work"] {
  if (kind === "call") return work.calls(from, to);
  if (kind === "read") return null;
  const subscribers = edges.flatMap((edge) => (edge.kind === "events" ? edge.deliveries : []));
  return work.deliveries(
    to,
    subscribers.map(({ subscriber }) => subscriber),
  );
}

/** Operations are not among them: without sources nobody knows which of them are called. */
function declaredMembers(edge: GraphEdge): { kind: MapEdgeKind; id: string }[] {
  if (edge.kind === "reads") return edge.views.map((id) => ({ kind: "read", id }));
  if (edge.kind === "calls") return [];
  return [...new Set(edge.deliveries.map(({ event }) => event))].map((id) => ({ kind: "event", id }));
}

/** Whether the caller has the other in its `uses`; one that is only observed offers nothing. */
function isUse(edge: GraphEdge): boolean {
  return edge.kind === "calls" && !edge.isExact;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

import type { CallEdge, EventEdge, GraphEdge, ModuleGraph, ViewEdge } from "./module-graph.ts";
import { plural } from "./plural.ts";

/** One line of a picture: what one module needs of another, or the events it sends there. */
export interface Line {
  readonly kind: LineKind;
  readonly from: string;
  readonly to: string;
  /** How many of the calls are atomic. */
  readonly atomic: number;
  /** `3 calls`, `2 atomic`, `1 view`: to be shown side by side or below each other. */
  readonly words: readonly string[];
  /** Everything the line stands for, by name. */
  readonly title: string;
}

/** `reads` is a line that stands for views only; a line of `calls` may have views beside its calls. */
export type LineKind = "calls" | "reads" | "events";

/** The lines of a graph: calls and views of one pair of modules share one. A module's own events have none. */
export function linesOf(graph: ModuleGraph): Line[] {
  const lines: Line[] = [];
  for (const edge of graph.edges) {
    if (edge.from === edge.to) continue;
    if (edge.kind === "events") lines.push(eventLine(edge));
    if (edge.kind === "calls") lines.push(callLine(edge, twin(graph, edge, "reads") as ViewEdge | undefined));
    if (edge.kind === "reads" && twin(graph, edge, "calls") === undefined) lines.push(viewLine(edge));
  }
  return lines;
}

/** `3 calls`, `2 atomic`: how many operations a call edge stands for. */
export function callWords(edge: CallEdge): string[] {
  const { operations, isExact } = edge;
  const atomic = operations.filter((each) => each.isAtomic).length;
  if (operations.length === 0) return [edge.offered === 0 ? "uses" : "no call"];
  const about = isExact ? "" : "up to ";
  if (atomic === operations.length) return [`${about}${plural(atomic, "atomic call")}`];
  const calls = `${about}${plural(operations.length, "call")}`;
  return atomic === 0 ? [calls] : [calls, `${about}${atomic} atomic`];
}

function callLine(edge: CallEdge, views: ViewEdge | undefined): Line {
  const { from, to, operations } = edge;
  return {
    kind: "calls",
    from,
    to,
    atomic: operations.filter(({ isAtomic }) => isAtomic).length,
    words: [...callWords(edge), ...(views === undefined ? [] : [plural(views.views.length, "view")])],
    title: [
      `${from} calls ${to}`,
      ...operations.map(({ id, isAtomic }) => (isAtomic ? `${id} (atomic)` : id)),
      ...(views?.views.map((view) => `reads ${view}`) ?? []),
    ].join("\n"),
  };
}

function viewLine({ from, to, views }: ViewEdge): Line {
  return {
    kind: "reads",
    from,
    to,
    atomic: 0,
    words: [plural(views.length, "view")],
    title: [`${from} reads ${to}`, ...views].join("\n"),
  };
}

function eventLine({ from, to, deliveries }: EventEdge): Line {
  const events = new Set(deliveries.map(({ event }) => event));
  return {
    kind: "events",
    from,
    to,
    atomic: 0,
    words: [plural(events.size, "event")],
    title: [
      `${from} publishes to ${to}`,
      ...deliveries.map(({ event, subscriber }) => `${event} → ${subscriber}`),
    ].join("\n"),
  };
}

function twin(graph: ModuleGraph, edge: GraphEdge, kind: GraphEdge["kind"]): GraphEdge | undefined {
  return graph.edges.find((each) => each.kind === kind && each.from === edge.from && each.to === edge.to);
}

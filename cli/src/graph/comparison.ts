import { type GraphEdge, type ModuleGraph, moduleOf } from "@ashlar/graph";
import type { ObservedEdge } from "ashlar/module";
import type { Observed, ObservedSource } from "../observed/observed.ts";

/** What is declared between modules beside what was seen to happen. Plain data. */
export interface Comparison {
  /** Where observations come from; without any of them nothing can be said. */
  readonly sources: readonly ObservedSource[];
  /** Declared, and never seen. */
  readonly unused: readonly Unused[];
  /** Calls of another module's operation that nobody else was seen to call. */
  readonly singlePath: readonly ObservedEdge[];
  /** What was seen between modules, most often first. */
  readonly seen: readonly ObservedEdge[];
}

export interface Unused {
  readonly kind: ObservedEdge["kind"];
  /** A module, or the id of a subscriber. */
  readonly from: string;
  /** A module that is used, or the id of an operation, event or view. */
  readonly to: string;
  /** Where the code has it, as `file:line`. */
  readonly places: readonly string[];
}

/** `focus` is the module that the graph was narrowed to. */
export function compare(graph: ModuleGraph, observed: Observed, focus?: string): Comparison {
  const names = new Set(graph.modules.map(({ name }) => name));
  const seen = observed.edges.filter(
    ({ from, to }) => names.has(moduleOf(from)) && names.has(moduleOf(to)) && moduleOf(from) !== moduleOf(to),
  );
  const isSeen = (kind: ObservedEdge["kind"], from: string, to: string) =>
    observed.edges.some(
      (edge) =>
        edge.kind === kind &&
        (edge.from === from || moduleOf(edge.from) === from) &&
        (edge.to === to || moduleOf(edge.to) === to),
    );
  const callers = new Map<string, number>();
  for (const { kind, to } of observed.edges) {
    if (kind === "call") callers.set(to, (callers.get(to) ?? 0) + 1);
  }
  const isNear = ({ from, to }: ObservedEdge) =>
    focus === undefined || moduleOf(from) === focus || moduleOf(to) === focus;
  return {
    sources: observed.sources,
    unused:
      observed.sources.length === 0
        ? []
        : declared(graph).filter(({ kind, from, to }) => !isSeen(kind, from, to)),
    singlePath: seen.filter((edge) => edge.kind === "call" && isNear(edge) && callers.get(edge.to) === 1),
    seen: seen.filter(isNear).toSorted((one, other) => other.count - one.count),
  };
}

/**
 * What may happen by the graph. Where the code does not tell which operations are called, or has no call at all, it is
 * the use of the module as a whole.
 */
function declared(graph: ModuleGraph): Unused[] {
  return graph.edges.flatMap(declaredBy);
}

function declaredBy(edge: GraphEdge): Unused[] {
  const { from, to } = edge;
  switch (edge.kind) {
    case "calls":
      return edge.isExact && edge.operations.length > 0
        ? edge.operations.map(({ id, places }) => ({ kind: "call", from, to: id, places }))
        : [{ kind: "call", from, to, places: [] }];
    case "reads":
      return edge.views.map((view) => ({ kind: "read", from, to: view, places: [] }));
    case "events":
      return edge.deliveries.map(({ event, subscriber }) => ({
        kind: "delivery",
        from: `${to}.on.${subscriber}`,
        to: event,
        places: [],
      }));
  }
}

import type { GraphEdge, ModuleGraph } from "./module-graph.ts";

/**
 * How far each module stands from those that nobody calls: callers before called, 0 first. Events do not count, they
 * may point anywhere. A cycle of calls, which no app boots with, is cut where it closes.
 */
export function layersOf(graph: ModuleGraph): ReadonlyMap<string, number> {
  const callees = new Map(graph.modules.map(({ name }) => [name, [] as string[]]));
  for (const edge of graph.edges) {
    if (isDependency(edge) && edge.from !== edge.to) callees.get(edge.from)!.push(edge.to);
  }
  const order = callersFirst(callees);
  const places = new Map(order.map((name, place) => [name, place]));
  const layers = new Map(order.map((name) => [name, 0]));
  for (const name of order) {
    for (const callee of callees.get(name)!) {
      const closesCycle = places.get(callee)! < places.get(name)!;
      if (!closesCycle) layers.set(callee, Math.max(layers.get(callee)!, layers.get(name)! + 1));
    }
  }
  return layers;
}

/** Modules from callers to called; those of one layer by the order in which the project has them. */
export function byLayer(graph: ModuleGraph): readonly string[] {
  const layers = layersOf(graph);
  return graph.modules.map(({ name }) => name).sort((one, other) => layers.get(one)! - layers.get(other)!);
}

/** Whether the module at the beginning of an edge needs the one at its end. */
export function isDependency({ kind }: GraphEdge): boolean {
  return kind !== "events";
}

function callersFirst(callees: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set<string>();
  const finished: string[] = [];
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const callee of callees.get(name)!) visit(callee);
    finished.push(name);
  };
  for (const name of callees.keys()) visit(name);
  return finished.reverse();
}

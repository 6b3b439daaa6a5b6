import { atomicEdges, type ModuleGraph } from "@ashlar/graph";
import { plural } from "../table.ts";

/** What a graph has, in one line. */
export function summaryOf(graph: ModuleGraph): string {
  const atomic = atomicEdges(graph).length;
  const calls = graph.edges.flatMap((edge) => (edge.kind === "calls" ? edge.operations : [])).length;
  const views = graph.edges.flatMap((edge) => (edge.kind === "reads" ? edge.views : [])).length;
  const events = graph.edges.flatMap((edge) =>
    edge.kind === "events" && edge.from !== edge.to ? edge.deliveries : [],
  ).length;
  return [
    plural(graph.modules.length, "module"),
    `${plural(calls, "call")} between them${calls === 0 ? "" : `, ${atomic} atomic`}`,
    ...(views === 0 ? [] : [plural(views, "view")]),
    ...(events === 0 ? [] : [`${plural(events, "event")} from one to another`]),
  ].join(" · ");
}

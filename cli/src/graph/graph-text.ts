import { atomicEdges, byLayer, callWords, type GraphEdge, type ModuleGraph, nameOf } from "@ashlar/graph";
import { colour, oneLine, plural } from "../table.ts";
import { fold } from "./fold.ts";
import { summaryOf } from "./summary.ts";

/** The graph for a terminal: module by module, callers first, with what each needs and what it hears. */
export function graphText(graph: ModuleGraph, width: number): string {
  const order = byLayer(graph);
  const blocks = order.map((name) => moduleLines(graph, name, width));
  return [
    `${colour("bold", oneLine(graph.name))}  ${colour("dim", summaryOf(graph))}`,
    ...blocks.flatMap((lines) => ["", ...lines]),
    ...(graph.edges.length === 0 ? [] : ["", ...atomicLines(graph, width)]),
  ].join("\n");
}

/** What an edge is called at the module that it needs. */
const BACK = [
  ["calls", "called by"],
  ["reads", "read by"],
  ["events", "heard by"],
] as const;

interface Row {
  readonly arrow: string;
  readonly module: string;
  readonly words: readonly string[];
}

function moduleLines(graph: ModuleGraph, name: string, width: number): string[] {
  const { commands, queries, routes, jobs, events, isHere } = graph.modules.find(
    (each) => each.name === name,
  )!;
  const facts = [
    [commands, "command"],
    [queries, "query"],
    [routes, "route"],
    [jobs, "job"],
    [events, "event"],
  ] as const;
  const text = facts.filter(([count]) => count > 0).map(([count, word]) => counted(count, word));
  const rows = graph.edges.filter((edge) => holderOf(edge) === name).map(rowOf);
  for (const [kind, arrow] of BACK) {
    const others = graph.edges.filter((edge) => edge.kind === kind && edge.from !== edge.to);
    const names = others.filter((edge) => neededOf(edge) === name).map(holderOf);
    if (names.length > 0) rows.push({ arrow, module: "", words: names });
  }
  const arrows = Math.max(0, ...rows.map(({ arrow }) => arrow.length));
  const modules = Math.max(0, ...rows.map(({ module }) => module.length));
  const title = `${colour("bold", name)}  ${colour("dim", isHere ? text.join(" · ") : "not in this project")}`;
  return [
    title.trimEnd(),
    ...rows.flatMap(({ arrow, module, words }, index) => {
      const isLast = index === rows.length - 1;
      const lead = `${arrow.padEnd(arrows)}${modules === 0 ? "" : `  ${module.padEnd(modules)}`}`;
      const [first = "", ...more] = fold(words, ", ", Math.max(30, width - lead.length - 5));
      return [
        `${isLast ? "└─" : "├─"} ${colour("dim", arrow.padEnd(arrows))}${lead.slice(arrows)}  ${marked(first)}`.trimEnd(),
        ...more.map((line) => `${isLast ? " " : "│"}${" ".repeat(lead.length + 4)}${marked(line)}`),
      ];
    }),
  ];
}

/** Whose need an edge is. Of events the subscriber's: the publisher knows nothing of it. */
function holderOf({ kind, from, to }: GraphEdge): string {
  return kind === "events" ? to : from;
}

function neededOf(edge: GraphEdge): string {
  return edge.kind === "events" ? edge.from : edge.to;
}

function rowOf(edge: GraphEdge): Row {
  switch (edge.kind) {
    case "calls":
      return {
        arrow: "calls ──▶",
        module: edge.to,
        words:
          edge.operations.length === 0
            ? callWords(edge)
            : [
                ...edge.operations.map(({ id, isAtomic }) => `${nameOf(id)}${isAtomic ? " ◆" : ""}`),
                ...(edge.isExact ? [] : ["or fewer: the code does not tell"]),
              ],
      };
    case "reads":
      return { arrow: "reads ··▶", module: edge.to, words: edge.views.map(nameOf) };
    case "events":
      return {
        arrow: "hears ◁╌╌",
        module: edge.from === edge.to ? "itself" : edge.from,
        words: edge.deliveries.map(({ event, subscriber }) => `${nameOf(event)} → ${oneLine(subscriber)}`),
      };
  }
}

function atomicLines(graph: ModuleGraph, width: number): string[] {
  const atomic = atomicEdges(graph);
  if (atomic.length === 0) return ["No call is atomic: nothing ties two modules to one transaction."];
  const longest = Math.max(...atomic.map(({ from, operation }) => from.length + operation.length));
  return [
    `${marked("◆")} ${plural(atomic.length, "atomic edge")}: in the caller's transaction, so in the way of a carve`,
    ...atomic.flatMap(({ from, operation, places }) => {
      const lead = `  ${from} → ${operation}${" ".repeat(longest - from.length - operation.length)}  `;
      const [first = "", ...more] = fold(places, ", ", Math.max(30, width - lead.length));
      return [first, ...more].map((line, index) =>
        `${index === 0 ? lead : " ".repeat(lead.length)}${colour("dim", line)}`.trimEnd(),
      );
    }),
  ];
}

function marked(text: string): string {
  return text.replaceAll("◆", colour("cyan", "◆"));
}

function counted(count: number, word: string): string {
  return word === "query" && count > 1 ? `${count} queries` : plural(count, word);
}

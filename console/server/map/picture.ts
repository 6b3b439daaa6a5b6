import {
  type GraphEdge,
  type Layout,
  layOut,
  type ModuleGraph,
  moduleGraph,
  NO_SOURCES,
  type Wording,
} from "@ashlar/graph";
import type { AppDescription } from "ashlar/module";
import type { ObservedPair } from "./observed.ts";

/** Two lines of numbers below a module's name, and two on an edge, at their longest. */
const NUMBERS: Wording = {
  facts: ({ isHere }) => (isHere ? ["99,999.9 /s", "99.9 % fail"] : ["not in this app"]),
  words: ({ kind }) => (kind === "reads" ? ["views"] : ["9,999.9 /s", "99.9 % fail"]),
};

export interface Picture {
  readonly graph: ModuleGraph;
  readonly layout: Layout;
}

/** Lays the modules of an app out, and again only when something was observed that nobody declares any more. */
export class Pictures {
  readonly #declared: ModuleGraph;
  #last: { readonly key: string; readonly picture: Picture } | null = null;

  constructor(app: AppDescription) {
    this.#declared = moduleGraph(app, NO_SOURCES);
  }

  of(observed: readonly ObservedPair[]): Picture {
    const undeclared = this.#undeclared(observed);
    const key = JSON.stringify(undeclared);
    if (this.#last?.key !== key) {
      const graph = { ...this.#declared, edges: [...this.#declared.edges, ...undeclared] };
      this.#last = { key, picture: { graph, layout: layOut(graph, NUMBERS) } };
    }
    return this.#last.picture;
  }

  #undeclared(observed: readonly ObservedPair[]): GraphEdge[] {
    const { edges, modules } = this.#declared;
    const here = new Set(modules.map(({ name }) => name));
    const known = new Set(edges.map(({ kind, from, to }) => `${kind} ${from} ${to}`));
    const found = new Map<string, GraphEdge>();
    for (const { kind, from, to } of observed) {
      const edge = edgeOf(kind, from, to);
      const key = `${edge.kind} ${from} ${to}`;
      if (here.has(from) && here.has(to) && from !== to && !known.has(key)) found.set(key, edge);
    }
    return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, edge]) => edge);
  }
}

function edgeOf(kind: ObservedPair["kind"], from: string, to: string): GraphEdge {
  if (kind === "call") return { kind: "calls", from, to, operations: [], isExact: true, offered: 0 };
  if (kind === "read") return { kind: "reads", from, to, views: [] };
  return { kind: "events", from, to, deliveries: [] };
}

import type { AppDescription, ModuleDescription, OperationDescription } from "ashlar/module";
import type { FoundCalls } from "./found-calls.ts";

/** The modules of an app and what joins them, as plain data: what every renderer draws and nothing else. */
export interface ModuleGraph {
  readonly name: string;
  /** In the order of the project. */
  readonly modules: readonly GraphModule[];
  /** At most one edge of each kind from one module to another; an event edge may lead to its own module. */
  readonly edges: readonly GraphEdge[];
}

export interface GraphModule {
  readonly name: string;
  /** False for one that is used but whose definition is not part of the project. */
  readonly isHere: boolean;
  readonly commands: number;
  readonly queries: number;
  readonly events: number;
  readonly views: number;
  readonly jobs: number;
  readonly routes: number;
}

export type GraphEdge = CallEdge | ViewEdge | EventEdge;

/** From a module to one that it has in its `uses`. */
export interface CallEdge {
  readonly kind: "calls";
  readonly from: string;
  readonly to: string;
  /** What the code of the caller calls; everything on offer where the code does not tell. */
  readonly operations: readonly CalledOperation[];
  /** Whether the code tells which operations those are. */
  readonly isExact: boolean;
  /** How many operations the contract has. */
  readonly offered: number;
}

export interface CalledOperation {
  readonly id: string;
  readonly kind: "command" | "query";
  /** It joins the caller's transaction, so it ties both modules to one database: it stands in the way of a carve. */
  readonly isAtomic: boolean;
  /** `file:line` of each call. */
  readonly places: readonly string[];
}

/** From a module to one whose published views it reads. */
export interface ViewEdge {
  readonly kind: "reads";
  readonly from: string;
  readonly to: string;
  /** Ids: `catalog.productListing`. */
  readonly views: readonly string[];
}

/** From the publisher to a subscriber. */
export interface EventEdge {
  readonly kind: "events";
  readonly from: string;
  readonly to: string;
  readonly deliveries: readonly Delivery[];
}

export interface Delivery {
  /** Id of the event. */
  readonly event: string;
  /** Name of the subscriber. */
  readonly subscriber: string;
  readonly inOrder: boolean;
}

/** One atomic edge: a `joins` command that one module calls in another. */
export interface AtomicEdge {
  readonly from: string;
  readonly to: string;
  readonly operation: string;
  readonly places: readonly string[];
}

/** The graph of an app. `found` is what the sources say of who calls what. */
export function moduleGraph(app: AppDescription, found: FoundCalls): ModuleGraph {
  const here = new Map(app.modules.map((module) => [module.name, module]));
  const edges = app.modules.flatMap((module): GraphEdge[] => [
    ...module.uses.map((used) => callEdge(module, used, here.get(used), found)),
    ...[...groupBy(module.reads, moduleOf)].map(
      ([owner, views]): ViewEdge => ({ kind: "reads", from: module.name, to: owner, views }),
    ),
    ...[...groupBy(module.subscribers, ({ event }) => moduleOf(event))].map(
      ([publisher, subscribers]): EventEdge => ({
        kind: "events",
        from: publisher,
        to: module.name,
        deliveries: subscribers.map(({ event, name, inOrder }) => ({ event, subscriber: name, inOrder })),
      }),
    ),
  ]);
  const named = edges.flatMap(({ from, to }) => [from, to]).filter((name) => !here.has(name));
  return {
    name: app.name,
    modules: [...app.modules.map(graphModule), ...[...new Set(named)].sort().map(moduleElsewhere)],
    edges,
  };
}

/** A module, its neighbours, and the edges that touch it. */
export function around(graph: ModuleGraph, name: string): ModuleGraph {
  const edges = graph.edges.filter(({ from, to }) => from === name || to === name);
  const near = new Set([name, ...edges.flatMap(({ from, to }) => [from, to])]);
  return { ...graph, modules: graph.modules.filter((module) => near.has(module.name)), edges };
}

/** Every call that stands in the way of a carve, in the order of the edges. */
export function atomicEdges(graph: ModuleGraph): AtomicEdge[] {
  return graph.edges.flatMap((edge) =>
    edge.kind === "calls"
      ? edge.operations
          .filter(({ isAtomic }) => isAtomic)
          .map(({ id, places }) => ({ from: edge.from, to: edge.to, operation: id, places }))
      : [],
  );
}

/** The module that an id (`ordering.placeOrder`, `ordering.on.markPaid`) belongs to. */
export function moduleOf(id: string): string {
  const dot = id.indexOf(".");
  return dot === -1 ? id : id.slice(0, dot);
}

/** An id without its module: `placeOrder`. */
export function nameOf(id: string): string {
  return id.slice(id.indexOf(".") + 1);
}

function callEdge(
  { name }: ModuleDescription,
  used: string,
  target: ModuleDescription | undefined,
  found: FoundCalls,
): CallEdge {
  const calls = found.of(name, used);
  const operations = target?.operations ?? [];
  const called = operations.filter(
    ({ name: operation }) => calls.isExact === false || calls.places.has(operation),
  );
  return {
    kind: "calls",
    from: name,
    to: used,
    operations: called.map((operation) => ({
      id: operation.id,
      kind: operation.kind,
      isAtomic: isAtomic(operation),
      places: calls.places.get(operation.name) ?? [],
    })),
    isExact: calls.isExact && target !== undefined,
    offered: operations.length,
  };
}

function isAtomic({ transaction }: OperationDescription): boolean {
  return transaction === "joins";
}

function graphModule(module: ModuleDescription): GraphModule {
  const commands = module.operations.filter(({ kind }) => kind === "command").length;
  return {
    name: module.name,
    isHere: true,
    commands,
    queries: module.operations.length - commands,
    events: module.events.length,
    views: module.views.length,
    jobs: module.jobs.length,
    routes: module.routes.length,
  };
}

function moduleElsewhere(name: string): GraphModule {
  return { name, isHere: false, commands: 0, queries: 0, events: 0, views: 0, jobs: 0, routes: 0 };
}

function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return groups;
}

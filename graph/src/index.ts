export { type CodeOwners, readCodeOwners } from "./code-owners.ts";
export {
  BOX_PADDING,
  DECLARED,
  FACT_LINE,
  LABEL_LINE,
  NAME_LINE,
  NAME_SIZE,
  TEXT_SIZE,
  type Wording,
} from "./drawn-text.ts";
export { type CallsOfOne, type FoundCalls, NO_SOURCES } from "./found-calls.ts";
export { byLayer, layersOf } from "./layers.ts";
export { layOut } from "./layout.ts";
export { callWords, type Line, type LineKind, linesOf } from "./lines.ts";
export {
  type AtomicEdge,
  around,
  atomicEdges,
  type CallEdge,
  type CalledOperation,
  type Delivery,
  type EventEdge,
  type GraphEdge,
  type GraphModule,
  type ModuleGraph,
  moduleGraph,
  moduleOf,
  nameOf,
  type ViewEdge,
} from "./module-graph.ts";
export { pathData } from "./path-data.ts";
export type { Box, Layout, PlacedLine, PlacedModule, Point } from "./placed.ts";

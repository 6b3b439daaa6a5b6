import { Graph, layout as place } from "@dagrejs/dagre";
import {
  BOX_PADDING,
  BOX_WIDTH,
  DECLARED,
  FACT_LINE,
  labelOf,
  NAME_LINE,
  textOf,
  type Wording,
} from "./drawn-text.ts";
import { layersOf } from "./layers.ts";
import {
  columnOf,
  corner,
  type DirectedLine,
  type MovablePoint,
  placeLines,
  type Route,
} from "./line-paths.ts";
import { linesOf } from "./lines.ts";
import type { ModuleGraph } from "./module-graph.ts";
import type { Layout, PlacedModule, Point } from "./placed.ts";
import { join, settle, type Thing } from "./settle.ts";

const MARGIN = 20;
/** Between two lines that meet a box on the same side. */
const PORT_DISTANCE = 14;
const BOX_DISTANCE = 26;
const LINE_DISTANCE = 12;
/** Up to so many modules there is room for labels of one line. */
const ROOMY = 8;

/** Columns, and the order in them, are dagre's; the heights are not, see `settle`. */
export function layOut(graph: ModuleGraph, wording: Wording = DECLARED): Layout {
  const layers = layersOf(graph);
  // Every line is laid out from left to right. One that goes back, an event mostly, is drawn along the same way from its other end,
  // and one within a layer by way of its label to the right of both, so that no event can pull its publisher or its
  // subscriber into another column than the calls do.
  const lines = linesOf(graph).map((line, index): DirectedLine => {
    const steps = layers.get(line.to)! - layers.get(line.from)!;
    return {
      line,
      name: `#${index}`,
      left: steps < 0 ? line.to : line.from,
      right: steps < 0 ? line.from : line.to,
      goesBack: steps < 0,
      staysInLayer: steps === 0,
      label: labelOf(line, wording, graph.modules.length > ROOMY),
    };
  });
  const drawn = drawing();
  for (const module of graph.modules) {
    const text = textOf(module, wording);
    drawn.setNode(module.name, { ...text, width: BOX_WIDTH, height: heightOf(module.name, text, lines) });
  }
  for (const { line, name, left, right, label, staysInLayer } of lines) {
    if (staysInLayer) {
      drawn.setNode(name, { width: label.width, height: label.height });
      for (const end of [left, right]) drawn.setEdge(end, name, { width: 0, height: 0, weight: 0 }, name);
    } else {
      drawn.setEdge(left, right, { ...label, labelpos: "c", weight: line.kind === "events" ? 0 : 2 }, name);
    }
  }
  place(drawn, {});
  const routes = lines.map((line) => routeOf(line, drawn));
  const middles = new Map(graph.modules.map(({ name }) => [name, drawn.node(name) as Required<Placed>]));
  const height = settleHeights(middles, routes);
  const modules = graph.modules.map((module): PlacedModule => {
    const { x, y, width, height } = middles.get(module.name)!;
    return { module, ...textOf(module, wording), ...corner(x, y, width, height) };
  });
  return {
    width: Math.ceil(drawn.graph().width ?? 0),
    height,
    modules,
    lines: placeLines(routes, modules),
  };
}

interface Placed {
  readonly x?: number;
  y?: number;
  width: number;
  height: number;
  points?: Point[];
}

type Drawing = Graph<{ width?: number; height?: number }, Placed, Placed>;

function drawing(): Drawing {
  const drawn: Drawing = new Graph({ multigraph: true });
  drawn.setGraph({
    rankdir: "LR",
    nodesep: 28,
    edgesep: 14,
    ranksep: 108,
    marginx: MARGIN,
    marginy: MARGIN,
  } as object);
  return drawn;
}

function heightOf(
  module: string,
  { name, facts }: ReturnType<typeof textOf>,
  lines: readonly DirectedLine[],
): number {
  const text = 2 * BOX_PADDING + name.length * NAME_LINE + facts.length * FACT_LINE;
  const onLeft = lines.filter(({ right, staysInLayer }) => right === module && !staysInLayer).length;
  const onRight = lines.filter(
    ({ left, right, staysInLayer }) => left === module || (right === module && staysInLayer),
  ).length;
  return Math.max(text, (Math.max(onLeft, onRight) + 1) * PORT_DISTANCE);
}

function routeOf(line: DirectedLine, drawn: Drawing): Route {
  if (line.staysInLayer) {
    const { x, y } = drawn.node(line.name) as Required<Placed>;
    const [leftWay, rightWay] = [line.left, line.right].map((end) =>
      innerOf(drawn.edge(end, line.name, line.name)),
    );
    return { ...line, middle: { x, y }, leftWay: leftWay!, rightWay: rightWay! };
  }
  const edge = drawn.edge(line.left, line.right, line.name);
  const leftWay = innerOf(edge);
  // The label lies where the line crosses one of the columns.
  const middle = leftWay.find(({ x, y }) => x === edge.x && y === edge.y)!;
  return { ...line, middle, leftWay, rightWay: [] };
}

/** The ends are where the straight line to the middle of a box would meet it; ports replace them. */
function innerOf({ points }: Placed): MovablePoint[] {
  return points!.slice(1, -1).map(({ x, y }) => ({ x, y }));
}

/** Columns and their order stay as they are; heights are found anew, for what they were is far too spread. */
function settleHeights(middles: ReadonlyMap<string, Required<Placed>>, routes: readonly Route[]): number {
  const things = new Map<MovablePoint, Thing>();
  const thingOf = (point: MovablePoint, height: number, distance: number): Thing => {
    const thing = { column: columnOf(point.x), height, distance, y: point.y, joints: [] };
    things.set(point, thing);
    return thing;
  };
  const joinAll = (chain: readonly Thing[]) => {
    for (const [index, thing] of chain.slice(1).entries()) join(chain[index]!, thing);
  };
  for (const box of middles.values()) thingOf(box, box.height, BOX_DISTANCE);
  for (const { left, right, middle, label, staysInLayer, leftWay, rightWay } of routes) {
    const start = things.get(middles.get(left)!)!;
    const end = things.get(middles.get(right)!)!;
    const crossing = (point: MovablePoint) =>
      thingOf(point, point === middle ? label.height : 0, LINE_DISTANCE);
    if (staysInLayer) {
      const turn = crossing(middle);
      joinAll([start, ...leftWay.map(crossing), turn]);
      joinAll([end, ...rightWay.map(crossing), turn]);
    } else {
      joinAll([start, ...leftWay.map(crossing), end]);
    }
  }
  settle([...things.values()]);
  const top = Math.min(...[...things.values()].map(({ y, height }) => y - height / 2));
  const bottom = Math.max(...[...things.values()].map(({ y, height }) => y + height / 2));
  for (const [point, { y }] of things) point.y = y - top + MARGIN;
  return things.size === 0 ? 0 : Math.ceil(bottom - top + 2 * MARGIN);
}

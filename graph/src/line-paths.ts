import type { Label } from "./drawn-text.ts";
import type { Line } from "./lines.ts";
import type { Box, PlacedLine, PlacedModule, Point } from "./placed.ts";
import { placeOnSide } from "./settle.ts";

/** A line on its way from left to right, whichever end it begins at. */
export interface DirectedLine {
  readonly line: Line;
  readonly name: string;
  readonly left: string;
  readonly right: string;
  /** The line begins at its right end. */
  readonly goesBack: boolean;
  /** Laid out as two lines, from either end to a label on the right of both. */
  readonly staysInLayer: boolean;
  readonly label: Label;
}

/** A line with the places where it crosses columns. */
export interface Route extends DirectedLine {
  /** Of the label. */
  readonly middle: MovablePoint;
  /** Where the line crosses columns, from its left end on; the ends themselves are left out. */
  readonly leftWay: readonly MovablePoint[];
  /** Of a line that stays in its layer: the same, from its other end. */
  readonly rightWay: readonly MovablePoint[];
}

export interface MovablePoint {
  readonly x: number;
  y: number;
}

/** How far a line runs straight out of a box: its tip and its tie lie there. */
const STUB = 14;

/** Where lines run, once their crossings and all boxes have their places. */
export function placeLines(routes: readonly Route[], modules: readonly PlacedModule[]): PlacedLine[] {
  const widths = columnWidths(modules, routes);
  const boxes = new Map(modules.map((box) => [box.module.name, box]));
  const ports = portsOf(routes, boxes);
  return routes.map((route): PlacedLine => {
    const { line, label, middle } = route;
    const points = pointsOf(route, ports.get(route.name)!, widths);
    return {
      line,
      label: { lines: label.lines, ...corner(middle.x, middle.y, label.width, label.height) },
      points: route.goesBack ? points.reverse() : points,
    };
  });
}

function pointsOf(route: Route, { left, right }: Ports, widths: ReadonlyMap<number, number>): Point[] {
  const { leftWay, rightWay } = route;
  const { x, y } = route.middle;
  const across = (point: Point) => {
    const half = widths.get(columnOf(point.x))! / 2;
    return [
      { x: point.x - half, y: point.y },
      { x: point.x + half, y: point.y },
    ];
  };
  const out = [left, { x: left.x + STUB, y: left.y }, ...leftWay.flatMap(across)];
  if (!route.staysInLayer) return [...out, { x: right.x - STUB, y: right.y }, right];
  const back = [right, { x: right.x + STUB, y: right.y }, ...rightWay.flatMap(across)];
  // Both reach the label from its left, the upper one higher up, and meet below its text.
  const offset = left.y <= right.y ? -5 : 5;
  const columnLeft = x - widths.get(columnOf(x))! / 2;
  return [
    ...out,
    { x: columnLeft, y: y + offset },
    { x, y: y + offset },
    { x, y: y - offset },
    { x: columnLeft, y: y - offset },
    ...back.reverse(),
  ];
}

/** How wide each column of boxes or labels is, by where its middle lies. */
function columnWidths(
  modules: readonly PlacedModule[],
  routes: readonly Route[],
): ReadonlyMap<number, number> {
  const widths = new Map<number, number>();
  const widen = (x: number, width: number) =>
    widths.set(columnOf(x), Math.max(widths.get(columnOf(x)) ?? 0, width));
  for (const { x, width } of modules) widen(x + width / 2, width);
  for (const { middle, label, leftWay, rightWay } of routes) {
    widen(middle.x, label.width);
    for (const point of [...leftWay, ...rightWay]) widen(point.x, 0);
  }
  return widths;
}

/** Things whose middles lie in one column have the same. */
export function columnOf(x: number): number {
  return Math.round(x);
}

interface Ports {
  readonly left: Point;
  readonly right: Point;
}

/** Spreads the lines that meet one side of a box over it, in the order in which they come, so that few of them cross. */
function portsOf(routes: readonly Route[], boxes: ReadonlyMap<string, Box>): ReadonlyMap<string, Ports> {
  const ports = new Map(routes.map(({ name }) => [name, {} as { -readonly [End in keyof Ports]: Point }]));
  for (const [module, box] of boxes) {
    for (const side of ["left", "right"] as const) {
      const here = routes.flatMap((route) => endsOn(route, module, side));
      here.sort((one, other) => one.next - other.next);
      for (const [index, { name, end }] of here.entries()) {
        ports.get(name)![end] = {
          x: side === "left" ? box.x : box.x + box.width,
          y: box.y + placeOnSide(box.height, index, here.length),
        };
      }
    }
  }
  return ports;
}

/** The ends of a line that meet a side of a module's box, and how high the line goes on from there. */
function endsOn(
  { name, left, right, staysInLayer, leftWay, rightWay }: Route,
  module: string,
  side: "left" | "right",
): { name: string; end: keyof Ports; next: number }[] {
  if (side === "right" && left === module) return [{ name, end: "left", next: leftWay[0]!.y }];
  if (right !== module || staysInLayer !== (side === "right")) return [];
  return [{ name, end: "right", next: (staysInLayer ? rightWay[0] : leftWay.at(-1))!.y }];
}

export function corner(x: number, y: number, width: number, height: number): Box {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

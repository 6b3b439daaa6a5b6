import type { Point } from "./placed.ts";

/** The `d` of an SVG path through the points of a placed line: level and bent parts in turn, see `PlacedLine`. */
export function pathData(points: readonly Point[]): string {
  const [first, ...rest] = points;
  let path = `M${round(first!.x)} ${round(first!.y)}`;
  let from = first!;
  for (const [index, to] of rest.entries()) {
    const isBent = index % 2 === 1;
    const middle = round((from.x + to.x) / 2);
    path += isBent
      ? ` C${middle} ${round(from.y)} ${middle} ${round(to.y)} ${round(to.x)} ${round(to.y)}`
      : ` L${round(to.x)} ${round(to.y)}`;
    from = to;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

import type { Line } from "./lines.ts";
import type { GraphModule } from "./module-graph.ts";

/** Where everything of a graph is to be drawn: columns of modules, callers left of what they call. In pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly modules: readonly PlacedModule[];
  readonly lines: readonly PlacedLine[];
}

export interface Box {
  /** Left upper corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedModule extends Box {
  readonly module: GraphModule;
  /** The name, in one or two lines. */
  readonly name: readonly string[];
  /** What it has, line by line. */
  readonly facts: readonly string[];
}

export interface PlacedLine {
  readonly line: Line;
  readonly label: Box & { readonly lines: readonly string[] };
  /**
   * From the box of one module to that of the other. Level between a point of even index and the next one, bent between
   * one of odd index and the next: columns are crossed on the level, so that no line touches a box or label.
   */
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

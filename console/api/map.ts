import type { DatabaseShare, ModuleFiring, Work } from "./work.ts";

/** GET /console/api/map, and topic `map` of the live stream. Places and sizes are in pixels of one picture. */
export interface MapView {
  readonly width: number;
  readonly height: number;
  /** What the numbers are of: whole minutes. */
  readonly from: number;
  readonly until: number;
  /** In the order of the app. */
  readonly modules: readonly MapModule[];
  readonly edges: readonly MapEdge[];
}

export interface MapModule {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** False for one that others use and that is not part of this app: it has no page and no numbers. */
  readonly isHere: boolean;
  /** Its operations, jobs and deliveries together; p50 and p99 are those of its operations. */
  readonly work: Work;
  /** Null while nothing is known of what statements cost. */
  readonly database: DatabaseShare | null;
  readonly firing: ModuleFiring | null;
}

/**
 * One line of the picture. `call`: from the caller; views that are read beside calls share it. `event`: from the
 * publisher to a subscriber. `read`: of views alone.
 */
export interface MapEdge {
  readonly kind: MapEdgeKind;
  readonly from: string;
  readonly to: string;
  /** `d` of an SVG path, from the one to the other. */
  readonly path: string;
  /** Middle of the place that is kept free for its text. */
  readonly label: { readonly x: number; readonly y: number };
  readonly members: readonly MapMember[];
  readonly isDeclared: boolean;
  readonly isObserved: boolean;
  /** Calls, or deliveries; null for views, which nobody times. p50 and p99 are those of the slowest subscriber. */
  readonly work: Work | null;
}

export type MapEdgeKind = "call" | "event" | "read";

/** What an edge stands for. */
export interface MapMember {
  readonly kind: MapEdgeKind;
  /** Of an operation, a view or an event. */
  readonly id: string;
  readonly isDeclared: boolean;
  /** When it was last seen to happen; null when it was not within 30 days. */
  readonly seenAt: number | null;
}

import type { Sign } from "./firing.ts";
import type { LookSession } from "./look-session.ts";
import type { Objectives } from "./objectives.ts";
import type { RouteStats } from "./route-stats.ts";

/** One question to the running system, asked again and again. */
export interface FiringCheck {
  /** Stable, kebab-case. */
  readonly id: string;
  /** What is so while it is quiet: one sentence without a full stop. */
  readonly holds: string;
  /** `process` sees this process only and works while the database does not answer. */
  readonly of: "process" | "database";
  /** A sign fires once `bad` of the last `of` looks saw it, and ends when none of the last `of` did. Default 2 of 3. */
  readonly patience?: Patience;
  /** How long it lets pass between two looks, for looks that cost something. Default: none. */
  readonly everyMs?: number;
}

export interface ProcessCheck extends FiringCheck {
  readonly of: "process";
  look(scene: Scene): Promise<readonly Sign[]> | readonly Sign[];
}

export interface DatabaseCheck extends FiringCheck {
  readonly of: "database";
  look(session: LookSession, scene: Scene): Promise<readonly Sign[]>;
}

export type AnyFiringCheck = ProcessCheck | DatabaseCheck;

export interface Patience {
  readonly bad: number;
  readonly of: number;
}

/** What checks are told about the running system. */
export interface Scene {
  /** The app's name. */
  readonly app: string;
  /** Without the system schema. */
  readonly modules: readonly string[];
  readonly pools: readonly WatchedPool[];
  /** Of the last minutes; null when nobody counts. */
  readonly routeStats: (() => readonly RouteStats[]) | null;
  readonly objectives: Objectives;
  /** Milliseconds of the epoch, by this machine. */
  now(): number;
}

/** A pool of connections, as its users see it. */
export interface WatchedPool {
  /** What it is for: `requests`, `jobs`. */
  readonly name: string;
  /** Null before it is opened. */
  stats(): { readonly inUse: number; readonly waiting: number; readonly max: number } | null;
  /** Waits for a connection like anybody else, until `deadline` (epoch ms), and rejects when it got none. */
  ping(deadline: number): Promise<void>;
}

/** Could not look, for a reason that a person can do something about. */
export class CannotLook extends Error {
  override readonly name = "CannotLook";
}

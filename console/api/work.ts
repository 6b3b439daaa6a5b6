/** What was done in a period, over all instances. */
export interface Work {
  readonly count: number;
  readonly perSecond: number;
  readonly failed: number;
  /** Of what was done; 0 when nothing was. */
  readonly errorShare: number;
  /** Null when nothing was done. Off by less than 19 %. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** What the statements of a module cost the database. */
export interface DatabaseShare {
  /** Time in the database, per second: 1,000 is one connection that is always busy. */
  readonly msPerSecond: number;
  /** Of the time of all that the database does, from 0 to 1. */
  readonly share: number;
}

/** The worst of what fires in a module. */
export interface ModuleFiring {
  readonly severity: "error" | "warning" | "note";
  readonly count: number;
  /** Of the worst that began first. */
  readonly title: string;
  readonly since: number;
}

import type pg from "pg";

/** Something that goes wrong in a running shop, planted from outside: the shop's code knows nothing of it. */
export interface Incident {
  readonly name: string;
  /** What happens, in one sentence. */
  readonly story: string;
  /** The firing checks by which it is seen; the one that leads to the cause comes first. */
  readonly seenBy: readonly [check: string, ...others: string[]];
  /** Whom that check names. */
  readonly module: string | null;
  /** What has to be there for a while before, so that there is a "before". */
  prepare?(scene: IncidentScene): Promise<void>;
  /** What it opens, `leftovers` closes. */
  plant(scene: IncidentScene, leftovers: AsyncDisposableStack): Promise<void>;
  /** Takes everything away that `prepare` and `plant` leave behind, also those of a run that was killed. */
  clear(scene: IncidentScene): Promise<void>;
}

/** The shop that is to have the incident. */
export interface IncidentScene {
  /** Of the shop's edge. */
  readonly url: string;
  /** Of an administrator. */
  readonly databaseUrl: string;
  readonly admin: pg.Client;
  readonly signal: AbortSignal;
}

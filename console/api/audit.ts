/** GET /console/api/audit?actor=&action=&module=&before=: what operators did, the latest first. */
export interface AuditPage {
  readonly actions: readonly ActionRecord[];
  /** For `before` of the next page; null when there is none. */
  readonly next: string | null;
}

/** GET /console/api/actions/{id}, without a `Shown` around it. */
export interface ActionRecord {
  readonly id: string;
  readonly at: number;
  /** `account:<id>`. */
  readonly actor: string;
  /** `jobs.retry`. */
  readonly action: string;
  /** That it is known to concern. */
  readonly modules: readonly string[];
  readonly reason: string;
  readonly input: unknown;
  /** `cut-off`: the instance that did it ended, and nobody knows how far it got. */
  readonly state: "under-way" | "done" | "failed" | "cut-off";
  /** How far it has got. */
  readonly done: number;
  readonly count: number | null;
  readonly isAtLeast: boolean;
  readonly summary: string | null;
  /** One sentence without a full stop. */
  readonly error: string | null;
  readonly finishedAt: number | null;
}

/** POST of an action, 202: it goes on in the background, and GET /console/api/actions/{id} tells how far it is. */
export interface ActionBegun {
  readonly id: string;
}

/** POST of an action, 200: it is done or, in a dry run, would be. */
export interface ActionDone {
  /** Null of a dry run, which is not in the audit. */
  readonly id: string | null;
  readonly count: number;
  readonly isAtLeast: boolean;
  readonly summary: string;
}

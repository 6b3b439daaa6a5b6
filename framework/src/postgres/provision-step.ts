/**
 * One fact that provisioning makes true. All `holds` of a run are evaluated in a single query, so they must
 * be boolean expressions that yield null, not an error, while a role or a schema does not exist yet.
 */
export interface ProvisionStep {
  /** The fact in words, for people. */
  readonly fact: string;
  readonly holds: string;
  /** SQL that makes it true; may be several statements. Runs only while it does not hold. */
  readonly apply: string;
  /** Set on a step that only a superuser can apply, and that the walls can do without. */
  readonly soft?: SoftWall;
}

/** A wall that this server's owner does not allow to harden. */
export interface SoftWall {
  readonly wall: string;
  readonly why: string;
  /** What a superuser of that database would run. */
  readonly remedy: string;
}

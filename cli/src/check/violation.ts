/** One thing that `ashlar check` found, at its place. */
export interface Violation {
  /** Kebab-case and stable: what is written into a ratchet. */
  readonly rule: string;
  /** A note never fails the check: it names a place where the check cannot see. */
  readonly severity: "error" | "note";
  /** The contract's name; null for what belongs to no module. */
  readonly module: string | null;
  /** Relative to the project's root, with slashes. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** What happened, naming both sides. */
  readonly message: string;
  /** What to do instead. */
  readonly remedy: string;
}

import type { Aim } from "./aims.ts";
import type { Row } from "./harness.ts";

export interface Session {
  /** Fewer and shorter rounds: to see that it works and roughly where it stands. */
  readonly quick: boolean;
  /** Measures a row and prints it; `rounds` overrides how often. */
  measure(row: Row, rounds?: number): Promise<void>;
  /** Has `stop` run when the table is done, however it ends; the last one given runs first. */
  atEnd(stop: () => Promise<unknown>): void;
}

export interface Table {
  readonly name: string;
  readonly summary: string;
  /** Loaded only to be run, so that --list and a misspelt name are answered at once. */
  load(): Promise<{
    /** Sets up its systems and measures its rows. */
    run(session: Session): Promise<void>;
    /** What its figures should reach. */
    readonly aims?: readonly Aim[];
  }>;
}

import type { Touch } from "../../sql/relations.ts";
import type { Place } from "../file-facts.ts";

/** What one source file says to the database, and what it says of views. Plain JSON. */
export interface SourceSql {
  readonly statements: readonly WrittenStatement[];
  /** The members of contracts that stand in `reads`: `productListing`; null when they are not static. */
  readonly reads: readonly string[] | null;
  /** The views that the contract publishes. */
  readonly publishes: readonly PublishedView[];
}

export interface PublishedView {
  /** What the contract calls it: `productListing`. */
  readonly member: string;
  /** What SQL calls it: `product_listing`. */
  readonly view: string;
}

/** SQL at one place of the source: a text, a part of one, or a call of a query builder. */
export interface WrittenStatement extends Place {
  /** In a builder's call, bare names mean the module's own tables. */
  readonly by: "text" | "builder";
  readonly touches: readonly PlacedTouch[];
  readonly columns: readonly PlacedColumn[];
  /** What the gate would not let through: `CREATE`, `two statements`. */
  readonly refused: readonly NamedFact[];
  /** Changes of the role or of a setting. */
  readonly settings: readonly NamedFact[];
  /** Why PostgreSQL would not take the text. */
  readonly fault: NamedFact | null;
  /** What only a run would show. */
  readonly dynamic: readonly NamedFact[];
}

export type PlacedTouch = Omit<Touch, "index"> & Place;

export interface PlacedColumn extends Place {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
}

export interface NamedFact extends Place {
  readonly what: string;
}

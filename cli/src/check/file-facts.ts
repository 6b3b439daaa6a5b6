import type { SqlFacts } from "./sql-part.ts";

/**
 * All that the check keeps of one file: what it says, not whether it may. It follows from the file's own text and path
 * alone, so it is kept between runs for as long as these stay the same. Plain JSON.
 */
export interface FileFacts {
  readonly imports: readonly ImportFact[];
  /** Where the file reads the environment, in the words of the source: `process.env`. */
  readonly environment: readonly NamedPlace[];
  /** The names of the contracts that the file makes. */
  readonly contracts: readonly NamedPlace[];
  /** What stands in `uses` and `reads`, where the file defines a module. */
  readonly declares: readonly DeclaredUse[];
  /** Whether the file subscribes to events: `on(billing.paymentCaptured, …)`. */
  readonly subscribes: boolean;
  /** Why the file could not be read; the other facts are empty then. */
  readonly unreadable: NamedPlace | null;
  /** Null where nothing in the file looks like SQL. */
  readonly sql: SqlFacts | null;
}

/** One place that makes the file depend on another. */
export interface ImportFact extends Place {
  readonly kind: ImportKind;
  /** What is imported; of a computed one what is known of its beginning, which may be nothing. */
  readonly specifier: string;
  /** Whether `specifier` is all of it. */
  readonly isWhole: boolean;
  /** The values it asks for by name, where a rule looks at them. */
  readonly names?: readonly string[];
}

export type ImportKind =
  | "import"
  | "import type"
  | "export from"
  | "import()"
  | "type import()"
  | "require"
  | "require.resolve"
  | "import.meta.resolve"
  | "new URL"
  | "new Worker"
  | "path"
  | "reference"
  | "JSDoc import";

/** One entry of `uses` or `reads`. */
export interface DeclaredUse extends Place {
  readonly list: "uses" | "reads";
  /** The package that the contract is imported from; null when that is not static. */
  readonly package: string | null;
}

export interface NamedPlace extends Place {
  readonly name: string;
}

/** 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

import type { Program } from "oxc-parser";
import type { Violation } from "./violation.ts";

// The seam between the frame of the check and its rules about SQL, which are exported by ./sql/index.ts as one
// object or as functions of these names. Facts are plain JSON and follow from a file's path and text alone: they are
// kept between runs. Rules see all facts at once.

/** What ./sql/ keeps of one file. The frame only stores it. */
export type SqlFacts = object;

export interface SqlPart {
  /** Awaited once before the first file that `mightHoldSql`, or the first migration, is read. */
  loadSqlParser(): Promise<unknown>;
  /** A cheap look at the text: no syntax tree is made for files that say no. */
  mightHoldSql(source: string): boolean;
  /** Of a TypeScript or JavaScript file. `module` is the contract's name; `path` is relative to the root. */
  sqlFactsOf(parts: {
    readonly source: string;
    readonly path: string;
    readonly module: string;
    readonly program: () => Program;
  }): SqlFacts | null;
  /** Of one migrations/*.sql. */
  migrationFactsOf(parts: {
    readonly source: string;
    readonly path: string;
    readonly module: string;
  }): SqlFacts;
  sqlViolations(modules: readonly SqlModule[]): Violation[];
  migrationViolations(modules: readonly SqlModule[]): Violation[];
}

export interface SqlModule {
  /** Its contract's name, which is its schema's too. */
  readonly module: string;
  /** Relative to the root. */
  readonly directory: string;
  /** Modules whose views stand in `reads` of its definition; null where that is not static. */
  readonly reads: readonly string[] | null;
  /** Without the tests. */
  readonly sources: readonly SqlFile[];
  /** In order of their names. */
  readonly migrations: readonly SqlFile[];
}

export interface SqlFile {
  readonly path: string;
  readonly facts: SqlFacts;
}

import type { DatabaseModule } from "../postgres/index.ts";
import type { Deployment } from "./deployment.ts";
import type { Machine } from "./machine.ts";

/** What to examine, and what the doctor is told about it. */
export interface Examination {
  readonly machine: Machine;
  readonly database: DatabaseAddress | MissingDatabase;
  readonly code: KnownCode | UnknownCode;
  readonly deployment?: Deployment;
  /** Ids of the checks to make. Default: all. */
  readonly only?: readonly string[];
}

export interface DatabaseAddress {
  /** As the administrator that the app is started with. */
  readonly url: string;
  /** Of the app's login, if it was given one. */
  readonly loginPassword?: string;
}

export interface MissingDatabase {
  /** What is to be said instead: one sentence without a full stop. */
  readonly missing: string;
  readonly remedy: string;
}

export interface KnownCode {
  /** Without the system schema, which is the framework's. */
  readonly modules: readonly DatabaseModule[];
}

export interface UnknownCode {
  /** Why; may have several lines. */
  readonly unknown: string;
  /** There is code, and it cannot be loaded. */
  readonly failed?: boolean;
}

import type { App } from "./app.ts";
import type { Database } from "./database.ts";
import type { Symptom } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** One question to the machine, to the database, or to the app that is laid out in it. */
export type Check = CheckParts &
  (
    | { readonly of: "machine"; look(machine: Machine): Look }
    | { readonly of: "database"; look(database: Database): Look }
    | { readonly of: "app"; look(app: App): Look }
  );

interface CheckParts {
  /** Stable, kebab-case. */
  readonly id: string;
  /** What is so when it finds nothing: one sentence without a full stop. */
  readonly holds: string;
}

/** Nothing, when all is well. A symptom of severity `ok` replaces the sentence of the check and brings evidence. */
export type Look = Promise<readonly Symptom[]> | readonly Symptom[];

export function machineCheck(parts: CheckParts & { look(machine: Machine): Look }): Check {
  return { ...parts, of: "machine" };
}

export function databaseCheck(parts: CheckParts & { look(database: Database): Look }): Check {
  return { ...parts, of: "database" };
}

export function appCheck(parts: CheckParts & { look(app: App): Look }): Check {
  return { ...parts, of: "app" };
}

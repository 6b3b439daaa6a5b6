import { basename, resolve } from "node:path";
import { UsageError } from "../../exit-code.ts";
import { type ModuleNames, namesOfModule } from "../module/names-of-module.ts";
import { pluralOf, singularOf, snakeCase } from "../names.ts";
import { CODE_WORDS, SQL_WORDS } from "./reserved-words.ts";

/** What a new project is to be. */
export interface AppRequest {
  /** Where to put it, absolute. */
  readonly directory: string;
  /** Of the project, and the scope of its packages: `my-shop`. */
  readonly name: string;
  /** Of its first module: `orders`. */
  readonly module: string;
  /** What that is about, in the singular: `order`. */
  readonly thing: string;
}

/** What was typed, or is taken where nothing was. */
export interface TypedRequest {
  /** A name, or the path of a directory whose last part is the name. */
  readonly target: string;
  readonly module: string;
  /** Unless given, the module's name without a plural's s. */
  readonly thing?: string | undefined;
}

export const DEFAULT_NAME = "my-app";
export const DEFAULT_MODULE = "notes";

/** Throws UsageError with all that is wrong with the names. */
export function appRequest({ target, module, thing }: TypedRequest, from: string): AppRequest {
  const directory = resolve(from, target);
  const name = basename(directory);
  const faults = [projectNameFault(name), moduleNameFault(module, thing)].filter(
    (fault) => fault !== undefined,
  );
  if (faults.length > 0) throw new UsageError(faults.join("\n"));
  return { directory, name, module, thing: thing ?? singularOf(module) };
}

/** Every form in which the first module appears in its files. */
export function namesOf({ module, thing }: AppRequest): ModuleNames {
  return namesOfModule(snakeCase(module), thing);
}

/** Why a project cannot be called so, in a sentence; undefined when it can. */
export function projectNameFault(name: string): string | undefined {
  if (!KEBAB_CASE.test(name) || name.length > MOST_OF_PROJECT) {
    return (
      `A project cannot be called ${JSON.stringify(name)}: take lower-case letters, digits and single hyphens, ` +
      `beginning with a letter, at most ${MOST_OF_PROJECT} characters. Its roles in Postgres begin with it.`
    );
  }
  if (name === "ashlar") return "A project cannot be called ashlar: the framework's packages have that name.";
  return name.startsWith("pg-") ? postgresOwn("A project", name) : undefined;
}

/** Why the first module cannot be called so, or be about that, in a sentence; undefined when it can. */
export function moduleNameFault(name: string, thing?: string): string | undefined {
  if (!KEBAB_CASE.test(name) || name.length > MOST_OF_MODULE) {
    return (
      `A module cannot be called ${JSON.stringify(name)}: take lower-case letters, digits and single hyphens, ` +
      `beginning with a letter, at most ${MOST_OF_MODULE} characters. Its schema in Postgres has that name.`
    );
  }
  if (name === "ashlar") return "A module cannot be called ashlar: the framework has a schema of that name.";
  if (name === "host") return "A module cannot be called host: the package that composes the modules is.";
  if (name.startsWith("pg-") || name === "public" || name === "information-schema") {
    return postgresOwn("A module", name);
  }
  if (CODE_WORDS.has(name) || SQL_WORDS.has(snakeCase(name))) {
    return `A module cannot be called ${name}: the word means something in code or in SQL. Its plural may do.`;
  }
  const about = thing ?? singularOf(name);
  if (thing !== undefined && !KEBAB_CASE.test(thing)) {
    return `${JSON.stringify(thing)} is no name for a thing: take lower-case letters, digits and single hyphens.`;
  }
  // In SQL only its plural is a name, the table's.
  if (CODE_WORDS.has(about) || SQL_WORDS.has(snakeCase(pluralOf(about)))) {
    return `A module cannot be about ${about}: the word means something in code or in SQL. Give --thing, such as item.`;
  }
  return undefined;
}

const KEBAB_CASE = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const MOST_OF_PROJECT = 20;
const MOST_OF_MODULE = 30;

function postgresOwn(kind: string, name: string): string {
  return `${kind} cannot be called ${name}: Postgres keeps that name for itself.`;
}

import type { Project } from "../project/project.ts";
import { FactsCache } from "./facts-cache.ts";
import type { ModuleFacts, ProjectFacts } from "./project-facts.ts";
import { readProject } from "./read-project.ts";
import { compilerViolations } from "./rules/compiler.ts";
import { cycleViolations } from "./rules/cycles.ts";
import { declarationViolations, declared } from "./rules/declarations.ts";
import { importViolations } from "./rules/imports.ts";
import { surroundingsViolations } from "./rules/surroundings.ts";
import * as sql from "./sql/index.ts";
import type { SqlModule } from "./sql-part.ts";
import type { Violation } from "./violation.ts";

export interface Checked {
  /** By file, line and column. */
  readonly violations: readonly Violation[];
  readonly modules: number;
  /** Source files and migrations. */
  readonly files: number;
  /** How many of these had to be read into facts, because the cache did not know them as they are. */
  readonly freshFiles: number;
}

/** Reads all modules of a project and holds them against every rule. Runs nothing of the project. */
export async function checkProject(
  project: Project,
  options: { readonly useCache: boolean },
): Promise<Checked> {
  const cache = FactsCache.open(project.root, options.useCache);
  const facts = await readProject(project, cache, sql);
  cache.save();
  return {
    violations: sorted(violationsOf(facts)),
    modules: facts.modules.length,
    files: facts.modules.reduce(
      (sum, { sources, migrations }) => sum + sources.length + migrations.length,
      0,
    ),
    freshFiles: cache.fresh,
  };
}

function violationsOf(facts: ProjectFacts): Violation[] {
  const sqlModules = facts.modules.map((module) => sqlModule(facts, module));
  return [
    ...cycleViolations(facts),
    ...declarationViolations(facts),
    ...compilerViolations(facts),
    ...importViolations(facts),
    ...surroundingsViolations(facts),
    ...sql.sqlViolations(sqlModules),
    ...sql.migrationViolations(sqlModules),
  ];
}

function sqlModule(facts: ProjectFacts, module: ModuleFacts): SqlModule {
  const packages = declared(module, "reads").map((each) => each.package);
  const isKnown = packages.every((name) => name !== null);
  return {
    module: module.module,
    directory: module.directory,
    reads: isKnown
      ? facts.modules.flatMap((each) => (packages.includes(each.name) ? each.module : []))
      : null,
    sources: module.sources.flatMap(({ path, isTest, facts: { sql: found } }) =>
      isTest || found === null ? [] : [{ path, facts: found }],
    ),
    migrations: module.migrations,
  };
}

export function sorted(violations: readonly Violation[]): Violation[] {
  return violations.toSorted(
    (one, other) =>
      compare(one.file, other.file) ||
      one.line - other.line ||
      one.column - other.column ||
      compare(one.rule, other.rule),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

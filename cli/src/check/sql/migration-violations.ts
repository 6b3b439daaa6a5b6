import type { Place } from "../file-facts.ts";
import type { SqlModule } from "../sql-part.ts";
import type { Violation } from "../violation.ts";
import { acceptedIn } from "./acceptances.ts";
import { hazardsOf, type PlacedHazard } from "./deploy-rules.ts";
import { type MigrationFacts, SETTLED } from "./migration-facts.ts";
import { applyFile, emptyHistory, type History } from "./migration-history.ts";
import { migrationWallFindings } from "./migration-walls.ts";
import type { SourceSql } from "./sql-facts.ts";

/** What the modules' migrations do that a module may not do, or that may not be done while the last release still runs. */
export function migrationViolations(modules: readonly SqlModule[]): Violation[] {
  const names = new Set(modules.map(({ module }) => module));
  return modules.flatMap((module) => moduleViolations(module, modules, names));
}

/** A finding in one file, before it is said of which. */
export type MigrationFinding = Place &
  Pick<Violation, "rule" | "message" | "remedy"> &
  Partial<Pick<Violation, "severity">>;

function moduleViolations(
  module: SqlModule,
  modules: readonly SqlModule[],
  names: ReadonlySet<string>,
): Violation[] {
  const files = module.migrations
    .map(({ path, facts }) => ({ path, facts: facts as MigrationFacts }))
    .filter(({ facts }) => facts.settled === null);
  const mark = module.migrations.find(({ facts }) => (facts as MigrationFacts).settled !== null);
  const named = (mark?.facts as MigrationFacts | undefined)?.settled ?? null;
  const settled = files.some(({ facts }) => facts.name === named) ? named : null;
  const report = (path: string, findings: readonly MigrationFinding[]): Violation[] =>
    findings.map((finding) => ({ severity: "error", module: module.module, file: path, ...finding }));

  const violations: Violation[] = [];
  if (mark !== undefined && settled === null) {
    violations.push(...report(mark.path, [unknownSettled(module.module, named ?? "")]));
  }
  const end = finalState(files.map(({ facts }) => facts));
  const history = emptyHistory();
  for (const [index, { path, facts }] of files.entries()) {
    const before = files[index - 1]?.facts.name ?? null;
    const isSettled = settled !== null && facts.name <= settled;
    // What a settled file did wrong in a function is put right by a later one that makes the function anew.
    const replaced = isSettled ? functionsIn(files.slice(index + 1)) : new Set<string>();
    const wall = { module: module.module, modules: names, before, replaced };
    violations.push(...report(path, migrationWallFindings(facts, wall)));
    const hazards = hazardsOf(facts, index, history);
    if (isSettled) continue;
    const used = hazards.map((hazard) => ({ ...hazard, user: userOf(hazard, modules, end) }));
    violations.push(...report(path, acceptedIn(facts, used)));
  }
  return violations;
}

export interface JudgedHazard extends PlacedHazard {
  /** A place in the code that still uses what goes. */
  readonly user: string | null;
}

function functionsIn(files: readonly { readonly facts: MigrationFacts }[]): Set<string> {
  return new Set(
    files.flatMap(({ facts }) =>
      facts.statements.flatMap(({ touches }) =>
        touches.flatMap(({ kind, access, name }) => (kind === "function" && access === "define" ? name : [])),
      ),
    ),
  );
}

function finalState(files: readonly MigrationFacts[]): History {
  const history = emptyHistory();
  for (const [index, facts] of files.entries()) applyFile(history, facts, index);
  return history;
}

/** Where the code still names what a migration takes away for good. */
function userOf({ gone }: PlacedHazard, modules: readonly SqlModule[], end: History): string | null {
  if (gone === undefined) return null;
  const [schema, name] = gone.relation.split(".") as [string, string];
  if (gone.column === null && (end.tables.has(gone.relation) || end.views.has(gone.relation))) return null;
  if (gone.column !== null && end.tables.get(gone.relation)?.types.has(gone.column)) return null;
  for (const { module, sources } of modules) {
    for (const { path, facts } of sources) {
      for (const { touches, columns } of (facts as SourceSql).statements) {
        const place =
          gone.column === null
            ? touches.find(
                (touch) =>
                  touch.kind === "relation" && touch.name === name && (touch.schema ?? module) === schema,
              )
            : columns.find(
                (column) => column.schema === schema && column.table === name && column.name === gone.column,
              );
        if (place !== undefined) return `${path}:${place.line}`;
      }
    }
  }
  return null;
}

function unknownSettled(module: string, name: string): MigrationFinding {
  return {
    rule: "migration-settled",
    line: 1,
    column: 1,
    message: `${SETTLED} names ${JSON.stringify(name)}, and ${module} has no such migration.`,
    remedy: "Let it hold one line: the name of the newest migration that every database already has.",
  };
}

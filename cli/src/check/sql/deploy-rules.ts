import type { Change } from "./change.ts";
import type { MigrationFacts } from "./migration-facts.ts";
import { applyChange, type History, keepsRows } from "./migration-history.ts";
import { type Hazard, recipes } from "./recipes.ts";

// What a migration may not do while instances of the release before still run. A table that the same file made is
// empty and known to nobody, so nothing that is done to it matters.

export interface PlacedHazard extends Hazard {
  /** The place in the file's list of statements. */
  readonly statement: number;
}

/** Judges one file against what the files before it have made, and adds to that what this one makes. */
export function hazardsOf(facts: MigrationFacts, file: number, history: History): PlacedHazard[] {
  const visit: Visit = { facts, file, history, locked: new Set(), values: new Map() };
  const found: PlacedHazard[] = [];
  const mixed = mixesDataAndLocks(visit);
  for (const [index, statement] of facts.statements.entries()) {
    for (const setting of statement.settings) {
      const hazard = raisedTimeout(setting);
      if (hazard !== null) found.push({ ...hazard, statement: index });
    }
    for (const change of statement.changes) {
      const hazard = hazardOf(visit, change, mixed);
      if (hazard !== null) found.push({ ...hazard, statement: index });
      applyChange(history, change, file);
      if (change.do === "lock") visit.locked.add(change.table);
      if (change.do === "add-value") visit.values.set(change.value, change.type);
    }
  }
  return found;
}

interface Visit {
  readonly facts: MigrationFacts;
  readonly file: number;
  readonly history: History;
  /** Tables that a statement before this one keeps locked to the end of the file. */
  readonly locked: Set<string>;
  /** Values that this file added to enums. */
  readonly values: Map<string, string>;
}

function isNew({ history, file }: Visit, table: string): boolean {
  return history.tables.get(table)?.madeBy === file || history.views.get(table) === file;
}

function hazardOf(visit: Visit, change: Change, mixed: string | null): Hazard | null {
  const { history, facts } = visit;
  switch (change.do) {
    case "drop": {
      if (isNew(visit, change.relation) || isMadeAgain(facts, change)) return null;
      return recipes.drop(change);
    }
    case "rename": {
      const isKnown = change.what === "value" || !isNew(visit, change.relation);
      if (!isKnown || isMadeAgain(facts, change)) return null;
      return recipes.rename(change);
    }
    case "create-index":
      if (change.concurrently || isNew(visit, change.table)) return null;
      return recipes.index(change, history.tables.get(change.table)?.isPartitioned === true);
    case "drop-index": {
      const table = history.indexes.get(change.index);
      if (change.concurrently || (table !== undefined && isNew(visit, table))) return null;
      return recipes.dropIndex(change.index, table ?? null);
    }
    case "reindex":
      return change.concurrently ? null : recipes.reindex(change.name);
    case "add-column":
      return isNew(visit, change.table) ? null : columnHazard(change, history);
    case "set-not-null":
      return isNew(visit, change.table) || isProven(history, change) ? null : recipes.setNotNull(change);
    case "add-constraint":
      return isNew(visit, change.table) ? null : constraintHazard(change);
    case "validate": {
      const constraint = history.constraints.get(`${change.table}.${change.name}`);
      if (isNew(visit, change.table)) return null;
      if (constraint?.madeBy === visit.file) return recipes.validatedAtOnce(change);
      return visit.locked.has(change.table) ? recipes.validatedUnderLock(change) : null;
    }
    case "change-type": {
      const before = history.tables.get(change.table)?.types.get(change.column);
      if (isNew(visit, change.table)) return null;
      if (!change.hasUsing && before !== undefined && keepsRows(before, change.type)) return null;
      return recipes.changeType(change, before ?? null);
    }
    case "rewrite":
      return isNew(visit, change.table) ? null : recipes.rewrite(change);
    case "lock":
      return !change.isLong || isNew(visit, change.table) ? null : recipes.lock(change);
    case "data":
      if (isNew(visit, change.table) && mixed === null) return null;
      if (change.rows === "literal") return null;
      if (mixed !== null) return recipes.backfill(change, mixed);
      return change.rows === "all" && !isNew(visit, change.table) ? recipes.wholeTable(change) : null;
    case "use-text": {
      const used = change.texts.find((text) => visit.values.has(text));
      return used === undefined ? null : recipes.enumValue(used, visit.values.get(used) as string);
    }
    default:
      return null;
  }
}

/** A relation of the same name by the end of the file: DROP VIEW and CREATE VIEW, or a view in a renamed table's place. */
function isMadeAgain(facts: MigrationFacts, change: Extract<Change, { do: "drop" | "rename" }>): boolean {
  if (change.what === "column" || change.what === "rows" || change.what === "value") return false;
  const changes = facts.statements.flatMap((statement) => statement.changes);
  return changes
    .slice(changes.indexOf(change) + 1)
    .some((later) => later.do === "create-view" && later.view === change.relation);
}

function isProven(history: History, { table, column }: { table: string; column: string }): boolean {
  return [...history.constraints].some(
    ([key, { isValid, provesNotNull }]) => key.startsWith(`${table}.`) && isValid && provesNotNull === column,
  );
}

function columnHazard(
  { table, column }: Extract<Change, { do: "add-column" }>,
  { domains }: History,
): Hazard | null {
  if (domains.has(column.type)) {
    return recipes.eachRow(table, { ...column, eachRow: `is of the constrained domain ${column.type}` });
  }
  if (column.eachRow !== null) return recipes.eachRow(table, column);
  if (column.notNull && !column.hasDefault) return recipes.notNullColumn(table, column.name);
  if (column.unique) return recipes.uniqueColumn(table, column.name);
  if (column.check) return recipes.checkedColumn(table, column.name);
  if (column.references !== null && column.hasDefault) return recipes.referencingColumn(table, column.name);
  return null;
}

function constraintHazard(change: Extract<Change, { do: "add-constraint" }>): Hazard | null {
  switch (change.type) {
    case "check":
    case "foreign key":
    case "not null":
      return change.notValid ? null : recipes.constraint(change);
    case "unique":
    case "primary key":
      return change.usingIndex ? null : recipes.unique(change);
    case "exclude":
      return recipes.exclude(change);
  }
}

/** The first table that was there before and that the file keeps locked. */
function mixesDataAndLocks(visit: Visit): string | null {
  const made = new Set<string>();
  for (const { changes } of visit.facts.statements) {
    for (const change of changes) {
      if (change.do === "create-table") made.add(change.table);
      if (change.do === "lock" && !made.has(change.table)) return change.table;
      if (change.do === "create-index" && !change.concurrently && !made.has(change.table))
        return change.table;
    }
  }
  return null;
}

/** The framework's: long enough to get a lock, short enough that nobody notices those who wait behind. */
const LOCK_TIMEOUT_MS = 2000;

function raisedTimeout({ what, values }: { what: string; values: readonly string[] }): Hazard | null {
  if (!/^(?:SET|set_config) lock_timeout$/.test(what)) return null;
  const [, number = "0", unit = "ms"] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(values[0] ?? "") ?? [];
  const factor = { "": 1, us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? 1;
  const milliseconds = Number(number) * factor;
  return milliseconds > 0 && milliseconds <= LOCK_TIMEOUT_MS ? null : recipes.timeout(values[0] ?? "default");
}

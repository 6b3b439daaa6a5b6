import type { Change } from "./change.ts";
import type { MigrationFacts } from "./migration-facts.ts";

/** What a module's migrations have made, up to some file. Files are told apart by their place in the order. */
export interface History {
  readonly tables: Map<string, KnownTable>;
  readonly views: Map<string, number>;
  /** By `table.name`. */
  readonly constraints: Map<string, KnownConstraint>;
  /** By `schema.index`. */
  readonly indexes: Map<string, string>;
  /** Those with constraints. */
  readonly domains: Set<string>;
}

export interface KnownTable {
  readonly madeBy: number;
  /** Of its columns. */
  readonly types: Map<string, string>;
  readonly isPartitioned: boolean;
}

export interface KnownConstraint {
  readonly madeBy: number;
  readonly isValid: boolean;
  readonly provesNotNull: string | null;
}

export function emptyHistory(): History {
  return {
    tables: new Map(),
    views: new Map(),
    constraints: new Map(),
    indexes: new Map(),
    domains: new Set(),
  };
}

export function applyFile(history: History, facts: MigrationFacts, file: number): void {
  for (const { changes } of facts.statements)
    for (const change of changes) applyChange(history, change, file);
}

export function applyChange(history: History, change: Change, file: number): void {
  const { tables, views, constraints, indexes } = history;
  switch (change.do) {
    case "create-table":
      // IF NOT EXISTS makes nothing where something is.
      if (tables.has(change.table)) break;
      tables.set(change.table, {
        madeBy: file,
        types: new Map(change.columns.map(({ name, type }) => [name, type])),
        isPartitioned: change.isPartitioned,
      });
      break;
    case "create-domain":
      history.domains.add(change.domain);
      break;
    case "create-view":
      views.set(change.view, file);
      break;
    case "create-index":
      indexes.set(`${change.table.split(".")[0]}.${change.index}`, change.table);
      break;
    case "drop":
      if (change.what === "table") tables.delete(change.relation);
      if (change.what === "view") views.delete(change.relation);
      if (change.what === "column") tables.get(change.relation)?.types.delete(change.column as string);
      break;
    case "rename":
      applyRename(history, change);
      break;
    case "add-column":
      tables.get(change.table)?.types.set(change.column.name, change.column.type);
      break;
    case "change-type":
      tables.get(change.table)?.types.set(change.column, change.type);
      break;
    case "add-constraint":
      if (change.name === null) break;
      constraints.set(`${change.table}.${change.name}`, {
        madeBy: file,
        isValid: !change.notValid,
        provesNotNull: change.proves,
      });
      break;
    case "validate": {
      const known = constraints.get(`${change.table}.${change.name}`);
      if (known !== undefined) constraints.set(`${change.table}.${change.name}`, { ...known, isValid: true });
      break;
    }
    case "drop-constraint":
      constraints.delete(`${change.table}.${change.name}`);
      break;
  }
}

function applyRename(
  { tables, views, constraints }: History,
  change: Extract<Change, { do: "rename" }>,
): void {
  const to = `${change.relation.split(".")[0]}.${change.to}`;
  const table = tables.get(change.relation);
  if (change.what === "column" && table !== undefined) {
    const type = table.types.get(change.column as string);
    table.types.delete(change.column as string);
    if (type !== undefined) table.types.set(change.to, type);
  }
  if (change.what === "table" && table !== undefined) {
    tables.delete(change.relation);
    tables.set(to, table);
    for (const [key, constraint] of [...constraints]) {
      if (!key.startsWith(`${change.relation}.`)) continue;
      constraints.delete(key);
      constraints.set(`${to}${key.slice(change.relation.length)}`, constraint);
    }
  }
  const view = views.get(change.relation);
  if (change.what === "view" && view !== undefined) {
    views.delete(change.relation);
    views.set(to, view);
  }
}

/** Whether PostgreSQL changes a column from one type to the other without touching a row. */
export function keepsRows(from: string, to: string): boolean {
  const [before, after] = [sized(from), sized(to)];
  if (before.name === after.name && from.endsWith("[]") === to.endsWith("[]")) {
    if (after.sizes.length === 0) return GROWS.has(after.name) || before.sizes.length === 0;
    if (before.sizes.length === 0) return false;
    const [size = 0, scale = 0] = before.sizes;
    const [newSize = 0, newScale = 0] = after.sizes;
    return GROWS.has(after.name) && newSize >= size && newScale === scale;
  }
  if (from.endsWith("[]") || to.endsWith("[]")) return false;
  return (
    (after.name === "text" && before.name === "varchar") ||
    (after.name === "varchar" && after.sizes.length === 0 && before.name === "text") ||
    (after.name === "inet" && before.name === "cidr")
  );
}

const GROWS = new Set(["varchar", "varbit", "numeric", "timestamp", "timestamptz", "time", "timetz"]);

function sized(type: string): { name: string; sizes: number[] } {
  const [, name = "", sizes = ""] = /^([^([]+)(?:\(([\d,]+)\))?/.exec(type) ?? [];
  return { name, sizes: sizes === "" ? [] : sizes.split(",").map(Number) };
}

import type { Tree } from "./parse.ts";
import type { Walk } from "./relations.ts";
import { isTree, namesOf, type QualifiedName, relationOf, textOf, treesOfKind } from "./tree.ts";

export interface TouchedColumn {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly index: number;
}

/**
 * The columns of which a data statement says itself whose they are: those behind an alias that only one table has, and
 * bare ones where there is only one table. Others are left out, for a guess would be wrong half of the time.
 */
export function columnsOf(walk: Walk, statement: Tree): TouchedColumn[] {
  const aliases = new Map<string, QualifiedName | null>();
  const references: { names: string[]; location: unknown }[] = [];
  let derived = false;
  visit(statement);
  const tables = new Set([...aliases.values()].map((table) => `${table?.schema}.${table?.name}`));
  const only = !derived && tables.size === 1 ? ([...aliases.values()][0] ?? null) : null;
  return references.flatMap(({ names, location }) => {
    const [first = "", column] = names.length > 2 ? names.slice(-2) : names;
    const table = column === undefined ? only : aliases.get(first);
    const name = column ?? first;
    if (table?.schema == null || name === "*") return [];
    return [{ schema: table.schema, table: table.name, name, index: walk.at(location) }];
  });

  function visit(node: Tree): void {
    if (typeof node.relname === "string") {
      addAlias(node);
      return;
    }
    if (isTree(node.relation)) addTargets(node, aliasOf(node.relation));
    for (const key in node) {
      const value = node[key];
      if (typeof value !== "object" || key === "lockingClause") continue;
      if (Array.isArray(value)) {
        for (const item of value) if (isTree(item)) visit(item);
      } else if (isTree(value)) {
        if (key === "ColumnRef") addReference(namesOf(value.fields), value.location);
        else visit(value);
        if (DERIVED.has(key)) derived = true;
      }
    }
  }

  function addAlias(relation: Tree): void {
    const name = relationOf(relation);
    const key = aliasOf(relation);
    if (name === null || key === null) return;
    const known = aliases.get(key);
    const isSame = known === undefined || (known?.name === name.name && known.schema === name.schema);
    aliases.set(key, isSame ? name : null);
  }

  /** The columns that INSERT and UPDATE write to. */
  function addTargets(statement: Tree, alias: string | null): void {
    for (const list of [statement.cols, statement.targetList]) {
      for (const { name, location } of treesOfKind(list, "ResTarget")) {
        if (typeof name === "string" && alias !== null) addReference([alias, name], location);
      }
    }
  }

  function addReference(names: string[], location: unknown): void {
    if (names.length > 0) references.push({ names, location });
  }
}

/** What brings columns into a statement that are no table's. */
const DERIVED = new Set(["RangeSubselect", "RangeFunction", "CommonTableExpr"]);

function aliasOf(relation: Tree): string | null {
  const alias = isTree(relation.alias) ? textOf(relation.alias.aliasname) : null;
  return alias ?? textOf(relation.relname);
}

import type { ParsedStatement, Tree } from "../../sql/parse.ts";
import { isTree, namesOf, numberOf, qualified, relationOf, textOf, treesOf, unwrap } from "../../sql/tree.ts";
import { alterTableChanges } from "./alter-table-changes.ts";
import type { Change } from "./change.ts";
import { columnOf, type NewColumn } from "./new-column.ts";

/** The changes of one statement. Temporary tables are nobody else's. */
export function changesOf(
  { kind, node }: ParsedStatement,
  module: string,
  temporary: ReadonlySet<string>,
): Change[] {
  const named = (value: unknown): string | null => {
    const name = relationOf(value);
    if (name === null || (name.schema === null && temporary.has(name.name))) return null;
    return `${name.schema ?? module}.${name.name}`;
  };
  const about = named(node.relation);
  switch (kind) {
    case "CreateStmt":
      if (about === null) return [];
      return [
        { do: "create-table", table: about, columns: columnsIn(node), isPartitioned: isTree(node.partspec) },
      ];
    case "CreateDomainStmt":
      // Without constraints it is no more than a name.
      if (treesOf(node.constraints).length === 0) return [];
      return [{ do: "create-domain", domain: nameIn(node.domainname, module) }];
    case "CreateTableAsStmt": {
      const made = named(isTree(node.into) ? node.into.rel : null);
      if (made === null) return [];
      const isView = node.objtype === "OBJECT_MATVIEW";
      return [
        isView
          ? { do: "create-view", view: made }
          : { do: "create-table", table: made, columns: [], isPartitioned: false },
      ];
    }
    case "ViewStmt": {
      const view = named(node.view);
      return view === null ? [] : [{ do: "create-view", view }];
    }
    case "IndexStmt":
      if (about === null) return [];
      return [
        {
          do: "create-index",
          table: about,
          index: String(node.idxname ?? ""),
          concurrently: node.concurrent === true,
        },
      ];
    case "ReindexStmt":
      return [{ do: "reindex", concurrently: hasOption(node.params, "concurrently"), name: about ?? "" }];
    case "DropStmt":
      return dropped(node, module);
    case "TruncateStmt":
      return treesOf(node.relations).flatMap((item) => {
        const relation = named(item);
        return relation === null ? [] : [{ do: "drop", what: "rows", relation, column: null }];
      });
    case "RenameStmt":
      return renamed(node, about);
    case "AlterTableStmt":
      return about === null ? [] : alterTableChanges(node, about, module);
    case "AlterEnumStmt": {
      const type = nameIn(node.typeName, module);
      const value = textOf(node.newVal);
      const old = textOf(node.oldVal);
      if (value === null) return [];
      if (old !== null) return [{ do: "rename", what: "value", relation: type, column: old, to: value }];
      return [{ do: "add-value", type, value }];
    }
    case "LockStmt":
      return treesOf(node.relations).flatMap((item) => {
        const table = named(item);
        const mode = Number(node.mode ?? 8);
        // The weaker ones stop neither readers nor writers.
        return table === null || mode < SHARE ? [] : [{ do: "lock", table, by: "LOCK TABLE", isLong: true }];
      });
    case "VacuumStmt":
      if (!hasOption(node.options, "full")) return [];
      return [{ do: "lock", table: vacuumed(node, named), by: "VACUUM FULL", isLong: true }];
    case "RepackStmt":
    case "ClusterStmt":
      return [{ do: "lock", table: about ?? "every table", by: "CLUSTER", isLong: true }];
    case "RefreshMatViewStmt":
      if (about === null || node.concurrent === true) return [];
      return [{ do: "lock", table: about, by: "REFRESH MATERIALIZED VIEW", isLong: true }];
    case "CreateTrigStmt":
    case "CreatePolicyStmt":
    case "RuleStmt": {
      const table = about ?? named(node.table);
      return table === null ? [] : [{ do: "lock", table, by: kind, isLong: false }];
    }
    case "InsertStmt":
      return data(about, hasLiteralRows(node) ? "literal" : "some", node);
    case "UpdateStmt":
    case "DeleteStmt":
      return data(about, node.whereClause === undefined ? "all" : "some", node);
    case "MergeStmt":
      return data(about, "some", node);
    default:
      return [];
  }
}

const SHARE = 5;

function data(table: string | null, rows: "all" | "some" | "literal", node: Tree): Change[] {
  if (table === null) return [];
  return [
    { do: "data", table, rows },
    { do: "use-text", texts: textsIn(node) },
  ];
}

function columnsIn(node: Tree): NewColumn[] {
  return treesOf(node.tableElts).flatMap((item) => {
    const definition = unwrap(item, "ColumnDef");
    return definition === null ? [] : [columnOf(definition)];
  });
}

function dropped(node: Tree, module: string): Change[] {
  const type = String(node.removeType);
  return treesOf(node.objects).flatMap((item): Change[] => {
    const relation = nameIn(unwrap(item, "List")?.items, module);
    if (type === "OBJECT_INDEX") {
      return [{ do: "drop-index", index: relation, concurrently: node.concurrent === true }];
    }
    if (type === "OBJECT_TABLE") return [{ do: "drop", what: "table", relation, column: null }];
    if (type !== "OBJECT_VIEW" && type !== "OBJECT_MATVIEW") return [];
    return [{ do: "drop", what: "view", relation, column: null }];
  });
}

function renamed(node: Tree, relation: string | null): Change[] {
  const to = textOf(node.newname);
  if (relation === null || to === null) return [];
  switch (node.renameType) {
    case "OBJECT_COLUMN":
      return [{ do: "rename", what: "column", relation, column: textOf(node.subname), to }];
    case "OBJECT_TABLE":
      return [{ do: "rename", what: "table", relation, column: null, to }];
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
      return [{ do: "rename", what: "view", relation, column: null, to }];
    default:
      return [];
  }
}

function nameIn(names: unknown, module: string): string {
  const name = qualified(namesOf(names));
  return name === null ? "" : `${name.schema ?? module}.${name.name}`;
}

function hasOption(options: unknown, name: string): boolean {
  return treesOf(options).some((item) => {
    const element = unwrap(item, "DefElem");
    if (element?.defname !== name) return false;
    const off = unwrap(element.arg, "String")?.sval ?? numberOf(element.arg);
    return off !== "false" && off !== "off" && off !== "0";
  });
}

function vacuumed(node: Tree, named: (value: unknown) => string | null): string {
  const [first] = treesOf(node.rels);
  return named(unwrap(first, "VacuumRelation")?.relation) ?? "every table";
}

function hasLiteralRows(node: Tree): boolean {
  const select = unwrap(node.selectStmt, "SelectStmt");
  return select === null || (Array.isArray(select.valuesLists) && select.fromClause === undefined);
}

function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (!isTree(value)) return [];
  const text = unwrap(value, "A_Const")?.sval;
  return isTree(text) ? [textOf(text.sval) ?? ""] : Object.values(value).flatMap(textsIn);
}

import type { Tree } from "../../sql/parse.ts";
import { isTree, namesOf, relationOf, textOf, treesOfKind, unwrap } from "../../sql/tree.ts";
import type { Change } from "./change.ts";
import { columnOf, typeText } from "./new-column.ts";

/** The changes of one ALTER TABLE, and that it locks its table. */
export function alterTableChanges(node: Tree, table: string, module: string): Change[] {
  if (node.objtype !== "OBJECT_TABLE" && node.objtype !== "OBJECT_FOREIGN_TABLE") return [];
  const commands = treesOfKind(node.cmds, "AlterTableCmd");
  const changes = commands.flatMap((command) => commandChanges(command, table, module));
  const referenced = changes.flatMap((change) =>
    change.do === "add-constraint" && change.references !== null
      ? [change.references]
      : change.do === "add-column" && change.column.references !== null
        ? [inModule(change.column.references, module)]
        : [],
  );
  const isStrong = commands.some(({ subtype }) => !letsOthersPass.has(String(subtype)));
  const locks = [...(isStrong ? [table] : []), ...referenced].map(
    (locked): Change => ({ do: "lock", table: locked, by: "ALTER TABLE", isLong: false }),
  );
  return [...changes, ...locks];
}

/** These take SHARE UPDATE EXCLUSIVE, which stops neither readers nor writers. */
const letsOthersPass = new Set([
  "AT_ValidateConstraint",
  "AT_SetStatistics",
  "AT_SetRelOptions",
  "AT_ResetRelOptions",
  "AT_ClusterOn",
  "AT_DropCluster",
  "AT_AttachPartition",
  "AT_DetachPartition",
  "AT_DetachPartitionFinalize",
  "AT_SetOptions",
  "AT_ResetOptions",
]);

function commandChanges(command: Tree, table: string, module: string): Change[] {
  const name = String(command.name ?? "");
  const constraint = unwrap(command.def, "Constraint");
  const column = unwrap(command.def, "ColumnDef");
  switch (command.subtype) {
    case "AT_AddColumn":
      return column === null ? [] : [{ do: "add-column", table, column: columnOf(column) }];
    case "AT_DropColumn":
      return [{ do: "drop", what: "column", relation: table, column: name }];
    case "AT_SetNotNull":
      return [{ do: "set-not-null", table, column: name }];
    case "AT_AlterColumnType": {
      if (column === null) return [];
      const hasUsing = !isColumnItself(column.raw_default, name);
      return [{ do: "change-type", table, column: name, type: typeText(column.typeName), hasUsing }];
    }
    case "AT_AddConstraint":
      return constraint === null ? [] : addedConstraint(constraint, table, module);
    case "AT_ValidateConstraint":
      return [{ do: "validate", table, name }];
    case "AT_DropConstraint":
      return [{ do: "drop-constraint", table, name }];
    case "AT_SetLogged":
      return [{ do: "rewrite", table, by: "SET LOGGED" }];
    case "AT_SetUnLogged":
      return [{ do: "rewrite", table, by: "SET UNLOGGED" }];
    case "AT_SetTableSpace":
      return [{ do: "rewrite", table, by: "SET TABLESPACE" }];
    case "AT_SetAccessMethod":
      return [{ do: "rewrite", table, by: "SET ACCESS METHOD" }];
    case "AT_SetExpression":
      return [{ do: "rewrite", table, by: "SET EXPRESSION" }];
    default:
      return [];
  }
}

const constraintTypes = {
  CONSTR_CHECK: "check",
  CONSTR_FOREIGN: "foreign key",
  CONSTR_UNIQUE: "unique",
  CONSTR_PRIMARY: "primary key",
  CONSTR_EXCLUSION: "exclude",
  CONSTR_NOTNULL: "not null",
} as const;

function addedConstraint(constraint: Tree, table: string, module: string): Change[] {
  const type = constraintTypes[String(constraint.contype) as keyof typeof constraintTypes];
  if (type === undefined) return [];
  const references = relationOf(constraint.pktable);
  return [
    {
      do: "add-constraint",
      table,
      name: textOf(constraint.conname),
      type,
      notValid:
        constraint.skip_validation === true ||
        ((type === "check" || type === "foreign key") && constraint.is_enforced !== true),
      usingIndex: textOf(constraint.indexname) !== null,
      proves: provenNotNull(constraint),
      references: references === null ? null : `${references.schema ?? module}.${references.name}`,
    },
  ];
}

function provenNotNull(constraint: Tree): string | null {
  if (constraint.contype === "CONSTR_NOTNULL") return namesOf(constraint.keys)[0] ?? null;
  const test = unwrap(constraint.raw_expr, "NullTest");
  if (test?.nulltesttype !== "IS_NOT_NULL") return null;
  return namesOf(unwrap(test.arg, "ColumnRef")?.fields).at(-1) ?? null;
}

/** `USING column` and `USING column::type` are what PostgreSQL does without them. */
function isColumnItself(expression: unknown, name: string): boolean {
  if (!isTree(expression)) return true;
  const cast = unwrap(expression, "TypeCast");
  const reference = unwrap(cast === null ? expression : cast.arg, "ColumnRef");
  const names = namesOf(reference?.fields);
  return names.length === 1 && names[0] === name;
}

function inModule(name: string, module: string): string {
  return name.startsWith(".") ? `${module}${name}` : name;
}

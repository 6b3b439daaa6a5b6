import type { Tree } from "./parse.ts";
import type { Touch, TouchKind } from "./relations.ts";
import { isTree, namesOf, qualified, textOf, treesOf, unwrap } from "./tree.ts";

/**
 * The objects that a definition names as plain lists of words instead of as relations, functions or types: those of
 * DROP, COMMENT, GRANT, ALTER … OWNER, CREATE TYPE and the like.
 */
export function objectTouches(kind: string, node: Tree): Omit<Touch, "index">[] {
  switch (kind) {
    case "DropStmt":
      return treesOf(node.objects).flatMap((item) => touchOf(String(node.removeType), item));
    case "GrantStmt": {
      const isWhole = node.targtype === "ACL_TARGET_ALL_IN_SCHEMA";
      const type = isWhole ? "OBJECT_SCHEMA" : String(node.objtype);
      return treesOf(node.objects).flatMap((item) => touchOf(type, item));
    }
    case "CommentStmt":
    case "SecLabelStmt":
      return touchOf(String(node.objtype), node.object);
    case "AlterOwnerStmt":
    case "AlterObjectSchemaStmt":
    case "AlterObjectDependsStmt":
      return touchOf(String(node.objectType), node.object);
    case "RenameStmt":
      return touchOf(String(node.renameType), node.object);
    case "AlterFunctionStmt":
      return touchOf("OBJECT_FUNCTION", isTree(node.func) ? { ObjectWithArgs: node.func } : null);
    case "CreateFunctionStmt":
      return named("function", namesOf(node.funcname));
    case "CreateTrigStmt":
    case "CreateEventTrigStmt":
      return named("function", namesOf(node.funcname), "read");
    case "CreateEnumStmt":
    case "CreateRangeStmt":
    case "AlterEnumStmt":
    case "AlterTypeStmt":
    case "AlterDomainStmt":
      return named("type", namesOf(node.typeName));
    case "CreateDomainStmt":
      return named("type", namesOf(node.domainname));
    case "DefineStmt":
      return named(node.kind === "OBJECT_AGGREGATE" ? "function" : "object", namesOf(node.defnames));
    case "CreateStatsStmt":
      return named("object", namesOf(node.defnames));
    case "DefElem":
      return optionTouches(node);
    case "A_Expr":
      return namesOf(node.name).length > 1 ? named("object", namesOf(node.name), "read") : [];
    default:
      return [];
  }
}

const kinds: Readonly<Record<string, TouchKind>> = {
  OBJECT_TABLE: "relation",
  OBJECT_VIEW: "relation",
  OBJECT_MATVIEW: "relation",
  OBJECT_SEQUENCE: "relation",
  OBJECT_INDEX: "relation",
  OBJECT_FOREIGN_TABLE: "relation",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "function",
  OBJECT_ROUTINE: "function",
  OBJECT_AGGREGATE: "function",
  OBJECT_TYPE: "type",
  OBJECT_DOMAIN: "type",
  OBJECT_SCHEMA: "schema",
};

/** Things that are named by a relation and a name within it. */
const parts = new Set([
  "OBJECT_COLUMN",
  "OBJECT_TRIGGER",
  "OBJECT_POLICY",
  "OBJECT_RULE",
  "OBJECT_TABCONSTRAINT",
]);

/** Things that are in no schema. */
const outside = new Set([
  "OBJECT_ACCESS_METHOD",
  "OBJECT_CAST",
  "OBJECT_DATABASE",
  "OBJECT_DOMCONSTRAINT",
  "OBJECT_EVENT_TRIGGER",
  "OBJECT_EXTENSION",
  "OBJECT_FDW",
  "OBJECT_FOREIGN_SERVER",
  "OBJECT_LANGUAGE",
  "OBJECT_LARGEOBJECT",
  "OBJECT_PARAMETER_ACL",
  "OBJECT_PUBLICATION",
  "OBJECT_ROLE",
  "OBJECT_SUBSCRIPTION",
  "OBJECT_TABLESPACE",
  "OBJECT_TRANSFORM",
]);

function touchOf(objectType: string, object: unknown): Omit<Touch, "index">[] {
  if (!isTree(object) || outside.has(objectType)) return [];
  // Relations and types that the parser wrote as such are found where all of those are.
  if ("RangeVar" in object || "TypeName" in object) return [];
  const withArguments = unwrap(object, "ObjectWithArgs");
  const single = textOf(unwrap(object, "String")?.sval);
  const names =
    withArguments !== null
      ? namesOf(withArguments.objname)
      : single !== null
        ? [single]
        : namesOf(unwrap(object, "List")?.items);
  if (objectType === "OBJECT_SCHEMA") {
    const schema = names[0];
    return schema === undefined ? [] : [{ kind: "schema", access: "define", schema, name: schema }];
  }
  if (parts.has(objectType)) return named("relation", names.slice(0, -1));
  return named(kinds[objectType] ?? "object", names);
}

function optionTouches(node: Tree): Omit<Touch, "index">[] {
  const items = unwrap(node.arg, "List")?.items;
  if (node.defname === "owned_by" && namesOf(items).length > 1) {
    return named("relation", namesOf(items).slice(0, -1), "read");
  }
  if (node.defname === "schemas") {
    return namesOf(items).map((schema) => ({ kind: "schema", access: "define", schema, name: schema }));
  }
  return [];
}

function named(
  kind: TouchKind,
  names: readonly string[],
  access: Touch["access"] = "define",
): Omit<Touch, "index">[] {
  const name = qualified(names);
  return name === null ? [] : [{ kind, access, ...name }];
}

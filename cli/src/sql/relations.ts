import { columnsOf, type TouchedColumn } from "./columns.ts";
import { addNamed, touchCall, touchCast, touchSetting, touchType } from "./expression-names.ts";
import { bodyTouches } from "./function-bodies.ts";
import { objectTouches } from "./object-names.ts";
import { type ParsedSql, type ParsedStatement, parseSql, type Tree } from "./parse.ts";
import {
  isTree,
  namesOf,
  type QualifiedName,
  relationOf,
  textOf,
  treesOf,
  treesOfKind,
  unwrap,
} from "./tree.ts";

export type TouchKind = "relation" | "function" | "type" | "schema" | "object";

/** Something that a statement names and that exists, or comes to exist, in the database. */
export interface Touch extends QualifiedName {
  /** `object` is the rest: collations, operators, text search configurations. A schema's name is in `schema` too. */
  readonly kind: TouchKind;
  /** `write` is the target of a data statement; `define` is what a definition makes, changes or drops. */
  readonly access: "read" | "write" | "define";
  /** Where the name stands in the text; where its statement begins if PostgreSQL does not tell. */
  readonly index: number;
  /** In the body of a function, where bare names are looked up by the function's own search_path. */
  readonly inBody?: true;
}

/** A setting that a statement changes, or that a function has while it runs. */
export interface TouchedSetting {
  readonly name: string;
  readonly values: readonly string[];
  readonly by: "SET" | "RESET" | "set_config" | "function";
  readonly index: number;
}

export interface Touches {
  readonly touches: readonly Touch[];
  readonly columns: readonly TouchedColumn[];
  readonly settings: readonly TouchedSetting[];
  /** SQL that is put together while a function runs, so that nobody can say what it touches. */
  readonly dynamic: readonly { readonly what: string; readonly index: number }[];
}

/**
 * What one statement touches. A name is resolved as PostgreSQL resolves it: a CTE hides a table from where it is
 * known, an alias is no table, and neither is a table of the text's own temporary ones (`temporary`, which grows).
 * The bodies of SQL and plpgsql functions are looked into.
 */
export function touchesOf(
  parsed: ParsedSql,
  statement: ParsedStatement,
  text: string,
  temporary: Set<string> = new Set(),
): Touches {
  const walk: Walk = {
    text: text.slice(statement.start, statement.end),
    start: statement.start,
    at: (location) => (typeof location === "number" ? parsed.indexOf(location) : statement.start),
    temporary,
    touches: [],
    columns: [],
    settings: [],
    dynamic: [],
  };
  visitNode(walk, statement.kind, statement.node, new Set(), true);
  walk.columns.push(...columnsOf(walk, statement.node));
  return { touches: walk.touches, columns: walk.columns, settings: walk.settings, dynamic: walk.dynamic };
}

/** The state of looking through one statement. */
export interface Walk {
  /** Of the statement alone. */
  readonly text: string;
  readonly start: number;
  readonly at: (location: unknown) => number;
  readonly temporary: Set<string>;
  readonly touches: Touch[];
  readonly columns: TouchedColumn[];
  readonly settings: TouchedSetting[];
  readonly dynamic: { what: string; index: number }[];
}

/** Looks through a text inside of a statement; `placeOf` says where in the outer text an index of it is. */
export function touchInnerText(walk: Walk, text: string, placeOf: (index: number) => number): boolean {
  const parsed = parseSql(text);
  if (parsed.fault !== null) return false;
  for (const statement of parsed.statements) {
    const inner = touchesOf(parsed, statement, text, walk.temporary);
    const moved = <T extends { readonly index: number }>(found: readonly T[]) =>
      found.map((one) => ({ ...one, index: placeOf(one.index) }));
    walk.touches.push(...moved(inner.touches));
    walk.columns.push(...moved(inner.columns));
    walk.settings.push(...moved(inner.settings));
    walk.dynamic.push(...moved(inner.dynamic));
  }
  return true;
}

const notDefining = new Set(["SelectStmt", "ExplainStmt", "CopyStmt", "DoStmt", "CreateFunctionStmt"]);
const dataStatements = new Set(["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

/** The names of the CTEs that are known at a place. */
type Ctes = ReadonlySet<string>;

function visitNode(walk: Walk, kind: string, node: Tree, ctes: Ctes, isStatement = false): void {
  if (dataStatements.has(kind)) {
    addRelation(walk, node.relation, "write", null);
    visitFields(walk, node, ctes, "relation");
    return;
  }
  if (kind === "FuncCall") touchCall(walk, node);
  else if (kind === "TypeCast") touchCast(walk, node);
  else if (kind === "VariableSetStmt") touchSetting(walk, node, isStatement);
  else if (kind === "CreateFunctionStmt" || kind === "DoStmt") bodyTouches(walk, kind, node);
  else if (kind === "AlterObjectSchemaStmt") addSchema(walk, textOf(node.newschema), "define");
  else if (kind === "CreateSchemaStmt") addSchema(walk, textOf(node.schemaname), "define");
  for (const touch of objectTouches(kind, node)) walk.touches.push({ ...touch, index: walk.start });
  if (isStatement && !notDefining.has(kind)) visitDefinition(walk, node, ctes);
  else visitFields(walk, node, ctes);
}

/** A definition names what it is about directly; the relations further in are those that it needs. */
function visitDefinition(walk: Walk, node: Tree, ctes: Ctes): void {
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    const about = key === "into" && isTree(value) ? value.rel : value;
    const name = relationOf(about);
    if (name !== null) {
      // CREATE TEMPORARY TABLE hides a table of the same name from here on.
      if (isTree(about) && about.relpersistence === "t") walk.temporary.add(name.name);
      addRelation(walk, about, "define", null);
    } else if (key === "relations") {
      for (const item of treesOf(value)) addRelation(walk, item, "define", null);
    } else {
      rest[key] = value;
    }
  }
  visitFields(walk, rest, ctes);
}

function visitFields(walk: Walk, node: Tree, outer: Ctes, except?: string): void {
  if (typeof node.relname === "string") {
    addRelation(walk, node, "read", outer);
    return;
  }
  if (Array.isArray(node.names) && "typemod" in node) touchType(walk, node);
  if (Array.isArray(node.collname)) addNamed(walk, "object", namesOf(node.collname), node.location);
  const ctes = isTree(node.withClause) ? visitCtes(walk, node.withClause, outer) : outer;
  for (const key in node) {
    const value = node[key];
    // FOR UPDATE OF names aliases.
    if (typeof value !== "object" || key === "withClause" || key === "lockingClause" || key === except)
      continue;
    if (Array.isArray(value)) {
      for (const child of value) if (isTree(child)) visitFields(walk, child, ctes);
    } else if (isTree(value)) {
      // A child stands in a wrapper that says its kind, `{ RangeVar: {…} }`, unless only one kind is possible there.
      const first = key.charCodeAt(0);
      if (first >= UPPER_A && first <= UPPER_Z) visitNode(walk, key, value, ctes);
      else visitFields(walk, value, ctes);
    }
  }
}

const UPPER_A = 65;
const UPPER_Z = 90;

/** Returns all names that are known behind the clause. Without RECURSIVE, each CTE knows those before it only. */
function visitCtes(walk: Walk, clause: Tree, outer: Ctes): Ctes {
  const ctes = treesOfKind(clause.ctes, "CommonTableExpr");
  const names = new Set(outer);
  if (clause.recursive === true) for (const { ctename } of ctes) names.add(String(ctename));
  for (const { ctename, ctequery } of ctes) {
    if (isTree(ctequery)) visitFields(walk, ctequery, new Set(names));
    names.add(String(ctename));
  }
  return names;
}

function addRelation(
  walk: Walk,
  node: unknown,
  access: Touch["access"],
  ctes: ReadonlySet<string> | null,
): void {
  const name = relationOf(node);
  if (name === null) return;
  if (name.schema === null && (ctes?.has(name.name) || walk.temporary.has(name.name))) return;
  const range = isTree(node) ? (unwrap(node, "RangeVar") ?? node) : {};
  walk.touches.push({ kind: "relation", access, index: walk.at(range.location), ...name });
}

function addSchema(walk: Walk, schema: string | null, access: Touch["access"]): void {
  if (schema !== null) walk.touches.push({ kind: "schema", access, schema, name: schema, index: walk.start });
}

import type { Tree } from "./parse.ts";
import type { TouchKind, Walk } from "./relations.ts";
import {
  constantOf,
  isTree,
  nameInText,
  namesOf,
  numberOf,
  qualified,
  textOf,
  treesOf,
  unwrap,
} from "./tree.ts";

// The names that stand in expressions: functions, types, and what a text names to PostgreSQL.

export function touchCall(walk: Walk, node: Tree): void {
  const name = qualified(namesOf(node.funcname));
  if (name === null) return;
  const index = walk.at(node.location);
  walk.touches.push({ kind: "function", access: "read", index, ...name });
  const args = treesOf(node.args);
  if (name.name === "set_config") {
    const setting = constantOf(args[0]);
    const value = constantOf(args[1]);
    walk.settings.push({
      name: setting ?? "?",
      values: value === null ? [] : [value],
      by: "set_config",
      index,
    });
  }
  const first = constantOf(args[0]);
  const kind = takesNameAsText.get(name.name);
  if (first !== null && kind !== undefined) touchText(walk, kind, first, index);
}

/** Functions of PostgreSQL whose first argument, a text, is the name of something. */
const takesNameAsText = new Map<string, TouchKind>([
  ...(
    [
      "nextval",
      "currval",
      "setval",
      "pg_get_serial_sequence",
      "to_regclass",
      "pg_relation_size",
      "pg_table_size",
      "pg_indexes_size",
      "pg_total_relation_size",
      "table_to_xml",
      "table_to_xmlschema",
      "table_to_xml_and_xmlschema",
    ] as const
  ).map((name) => [name, "relation"] as const),
  ["to_regproc", "function"],
  ["to_regprocedure", "function"],
  ["to_regtype", "type"],
  ["to_regnamespace", "schema"],
]);

const namesAsTypes = new Map<string, TouchKind>([
  ["regclass", "relation"],
  ["regproc", "function"],
  ["regprocedure", "function"],
  ["regtype", "type"],
  ["regnamespace", "schema"],
]);

export function touchCast(walk: Walk, node: Tree): void {
  const type = isTree(node.typeName) ? namesOf(node.typeName.names).at(-1) : undefined;
  const kind = namesAsTypes.get(type ?? "");
  const text = constantOf(node.arg);
  const constant = isTree(node.arg) ? unwrap(node.arg, "A_Const") : null;
  if (kind !== undefined && text !== null)
    touchText(walk, kind, text, walk.at(constant?.location ?? node.location));
}

function touchText(walk: Walk, kind: TouchKind, text: string, index: number): void {
  const name = nameInText(text);
  if (name === null) return;
  const schema = kind === "schema" ? name.name : name.schema;
  walk.touches.push({ kind, access: "read", index, name: name.name, schema });
}

export function touchType(walk: Walk, node: Tree): void {
  // `catalog.products.sku%type` names a column's type.
  const names = namesOf(node.names);
  if (node.pct_type === true)
    addNamed(walk, "relation", names.length > 2 ? names.slice(0, -1) : names, node.location);
  else if (names.length > 1) addNamed(walk, "type", names, node.location);
}

export function touchSetting(walk: Walk, node: Tree, isStatement: boolean): void {
  const kind = String(node.kind);
  const name = kind === "VAR_RESET_ALL" ? "all" : (textOf(node.name) ?? "?");
  const values = treesOf(node.args).flatMap((value) => constantOf(value) ?? numberOf(value) ?? []);
  const by = !isStatement ? "function" : kind.startsWith("VAR_RESET") ? "RESET" : "SET";
  walk.settings.push({ name, values, by, index: walk.at(node.location) });
}

export function addNamed(walk: Walk, kind: TouchKind, names: readonly string[], location: unknown): void {
  const name = qualified(names);
  if (name !== null) walk.touches.push({ kind, access: "read", index: walk.at(location), ...name });
}

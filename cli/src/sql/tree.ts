import type { Tree } from "./parse.ts";

/** A name as it stands in a statement: `catalog.products`, or `products` with null for the schema. */
export interface QualifiedName {
  readonly schema: string | null;
  readonly name: string;
}

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function treesOf(value: unknown): Tree[] {
  return Array.isArray(value) ? value.filter(isTree) : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The inner node of `{ SelectStmt: {…} }`, if it is one of that kind. */
export function unwrap(value: unknown, kind: string): Tree | null {
  if (!isTree(value)) return null;
  const inner = value[kind];
  return isTree(inner) ? inner : null;
}

/** Those of a list that are of one kind. */
export function treesOfKind(list: unknown, kind: string): Tree[] {
  return treesOf(list).flatMap((item) => {
    const inner = unwrap(item, kind);
    return inner === null ? [] : [inner];
  });
}

/** The strings of a list of String nodes, which is how the parser writes most names. */
export function namesOf(value: unknown): string[] {
  return treesOf(value).map((item) => textOf(unwrap(item, "String")?.sval) ?? "*");
}

export function qualified(names: readonly string[]): QualifiedName | null {
  const name = names.at(-1);
  return name === undefined ? null : { schema: names.at(-2) ?? null, name };
}

/** The name of a RangeVar: the node that stands for a relation by its name. */
export function relationOf(value: unknown): QualifiedName | null {
  if (!isTree(value)) return null;
  const node = unwrap(value, "RangeVar") ?? value;
  const name = textOf(node.relname);
  return name === null ? null : { schema: textOf(node.schemaname), name };
}

/** The text of a string constant, also with a cast on it. */
export function constantOf(value: unknown): string | null {
  const cast = unwrap(value, "TypeCast");
  if (cast !== null) return constantOf(cast.arg);
  const constant = unwrap(value, "A_Const")?.sval;
  return isTree(constant) ? (textOf(constant.sval) ?? "") : null;
}

/** The digits of a whole number. The parser leaves a zero out. */
export function numberOf(value: unknown): string | null {
  const constant = unwrap(value, "A_Const")?.ival;
  return isTree(constant) ? String(constant.ival ?? 0) : null;
}

/** Reads a name out of a text as PostgreSQL's regclass does: `x.y`, `"X".y`. */
export function nameInText(text: string): QualifiedName | null {
  const parts: string[] = [];
  const part = /\s*(?:"((?:[^"]|"")+)"|([a-z_\u0080-\uffff][\w$\u0080-\uffff]*))\s*(\.|\(|$)/iy;
  for (;;) {
    const match = part.exec(text);
    if (match === null) return null;
    parts.push(match[1]?.replaceAll('""', '"') ?? (match[2] as string).toLowerCase());
    if (match[3] !== ".") return qualified(parts);
  }
}

import type { Bindings } from "../bindings.ts";
import { bare, propertyName, type TreeNode } from "../syntax-tree.ts";
import type { Tags } from "./sql-tags.ts";

/** A piece of an SQL text as the source writes it. */
export type Piece =
  | { readonly text: string; readonly source: number; readonly isExact: boolean }
  /**
   * What only a run would show: a `value` is sent as a parameter, a `part` is one or a part of a statement, and of a
   * `raw` one nothing is known at all.
   */
  | { readonly hole: "value" | "part" | "raw"; readonly source: number; readonly what: string };

export interface WrittenText {
  readonly text: string;
  readonly sourceOf: (index: number) => number;
}

/** With `$n` in its holes a text is as it is sent; with names, one sees as what a raw hole may be meant. */
export function render(pieces: readonly Piece[], fill: "parameters" | "names"): WrittenText {
  let text = "";
  let parameters = 0;
  const runs = pieces.map((piece) => {
    const run = { start: text.length, source: piece.source, isExact: "text" in piece && piece.isExact };
    if ("text" in piece) text += piece.text;
    else text += fill === "names" && piece.hole !== "value" ? UNKNOWN_NAME : `$${++parameters}`;
    return run;
  });
  return {
    text,
    sourceOf(index) {
      const run = runs.findLast(({ start }) => start <= index) ?? runs[0];
      if (run === undefined) return 0;
      return run.isExact ? run.source + Math.max(0, index - run.start) : run.source;
    },
  };
}

/** Stands for a name that is not known; no table of anybody is called so. */
export const UNKNOWN_NAME = "_unknown_";

export interface Reading {
  readonly source: string;
  readonly bindings: Bindings;
  readonly tags: Tags;
  /** Templates that are part of another one. */
  readonly inlined: Set<TreeNode>;
}

const DEEPEST = 12;

/** The pieces of a tagged template. */
export function templatePieces(
  reading: Reading,
  template: TreeNode,
  isFragment: boolean,
  depth = 0,
): Piece[] {
  const quasi = template.quasi as TreeNode;
  return interleave(reading, quasi, (hole) => valuePieces(reading, hole, isFragment, depth + 1));
}

/** The pieces of an expression that makes a text: a literal, a template, `+`, a constant, `join` of an array. */
export function textPieces(reading: Reading, value: unknown, depth = 0): Piece[] {
  const node = bare(value);
  if (node === null || depth > DEEPEST) return [];
  const raw: Piece[] = [{ hole: "raw", source: node.start, what: written(reading, node) }];
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? [literal(reading, node)] : numberPiece(node, raw);
    case "TemplateLiteral":
      return interleave(reading, node, (hole) => textPieces(reading, hole, depth + 1));
    case "BinaryExpression":
      if (node.operator !== "+") return raw;
      return [node.left, node.right].flatMap((side) => textPieces(reading, side, depth + 1));
    case "Identifier": {
      const held = reading.bindings.valueOf(node.name as string);
      return held === null || !isText(bare(held)) ? raw : textPieces(reading, held, depth + 1);
    }
    case "CallExpression": {
      const callee = bare(node.callee);
      const object = callee?.type === "MemberExpression" ? bare(callee.object) : null;
      const name = object === null ? null : propertyName(callee as TreeNode);
      const [first] = node.arguments as TreeNode[];
      if (name === "trim") return textPieces(reading, object, depth + 1);
      if (name !== "join" || object?.type !== "ArrayExpression") return raw;
      return (object.elements as TreeNode[]).flatMap((element, index) => [
        ...(index === 0 ? [] : first === undefined ? [comma(object)] : textPieces(reading, first, depth + 1)),
        ...textPieces(reading, element, depth + 1),
      ]);
    }
    default:
      return raw;
  }
}

/** What a value in a template becomes. Only in fragments, which Kysely's tag makes, may it be a part of the text. */
function valuePieces(reading: Reading, value: TreeNode, isFragment: boolean, depth: number): Piece[] {
  const node = bare(value);
  const part: Piece[] = [
    { hole: isFragment ? "part" : "value", source: value.start, what: written(reading, value) },
  ];
  if (node === null || !isFragment || depth > DEEPEST) return part;
  switch (node.type) {
    case "TaggedTemplateExpression":
      if (!reading.tags.isTag(node.tag)) return part;
      reading.inlined.add(node);
      return templatePieces(reading, node, true, depth);
    case "Identifier": {
      const held = bare(reading.bindings.valueOf(node.name as string));
      return held !== null && isMadeOfSql(reading, held)
        ? valuePieces(reading, held, isFragment, depth + 1)
        : part;
    }
    case "ConditionalExpression": {
      // The longer way is taken; the template of the other one is looked at by itself.
      const ways = [node.consequent, node.alternate].map((way) => bare(way));
      const way = ways.find(
        (each) => each !== null && isMadeOfSql(reading, each) && each.end - each.start > 6,
      );
      return way == null ? part : valuePieces(reading, way, isFragment, depth + 1);
    }
    case "CallExpression":
      return helperPieces(reading, node, depth) ?? part;
    default:
      return part;
  }
}

/** `sql.raw("…")`, `sql.table("x.y")`, `sql.ref("x")`, `sql.id("x", "y")`. */
function helperPieces(reading: Reading, call: TreeNode, depth: number): Piece[] | null {
  const callee = bare(call.callee);
  if (callee?.type !== "MemberExpression" || !reading.tags.isTag(callee.object)) return null;
  const names = call.arguments as TreeNode[];
  reading.inlined.add(call);
  switch (propertyName(callee)) {
    case "raw":
      return textPieces(reading, names[0], depth + 1);
    case "table":
    case "ref":
    case "id":
      return names.flatMap((name, index) => [
        ...(index === 0 ? [] : [{ text: ".", source: name.start, isExact: false }]),
        ...textPieces(reading, name, depth + 1),
      ]);
    default:
      return null;
  }
}

function isMadeOfSql(reading: Reading, node: TreeNode): boolean {
  if (node.type === "TaggedTemplateExpression") return reading.tags.isTag(node.tag);
  if (node.type === "ConditionalExpression") {
    return [node.consequent, node.alternate].some((way) => {
      const inner = bare(way);
      return inner !== null && isMadeOfSql(reading, inner);
    });
  }
  const callee = node.type === "CallExpression" ? bare(node.callee) : null;
  return callee?.type === "MemberExpression" && reading.tags.isTag(callee.object);
}

function isText(node: TreeNode | null): boolean {
  if (node === null) return false;
  if (node.type === "Literal") return typeof node.value === "string" || typeof node.value === "number";
  return ["TemplateLiteral", "BinaryExpression", "Identifier", "CallExpression"].includes(node.type);
}

function interleave(reading: Reading, template: TreeNode, holeOf: (hole: TreeNode) => Piece[]): Piece[] {
  const holes = template.expressions as TreeNode[];
  return (template.quasis as TreeNode[]).flatMap((quasi, index) => {
    const hole = holes[index];
    return [quasiPiece(reading, quasi), ...(hole === undefined ? [] : holeOf(hole))];
  });
}

function quasiPiece(reading: Reading, quasi: TreeNode): Piece {
  const { raw, cooked } = quasi.value as { raw: string; cooked: string | null };
  // The parser counts the delimiters to the piece.
  const source = reading.source.startsWith(raw, quasi.start) && raw !== "" ? quasi.start : quasi.start + 1;
  return { text: cooked ?? raw, source, isExact: cooked === raw };
}

function literal(reading: Reading, node: TreeNode): Piece {
  const text = node.value as string;
  return { text, source: node.start + 1, isExact: reading.source.startsWith(text, node.start + 1) };
}

function numberPiece(node: TreeNode, otherwise: Piece[]): Piece[] {
  return typeof node.value === "number"
    ? [{ text: String(node.value), source: node.start, isExact: false }]
    : otherwise;
}

function comma(node: TreeNode): Piece {
  return { text: ",", source: node.start, isExact: false };
}

function written(reading: Reading, node: TreeNode): string {
  const text = reading.source.slice(node.start, node.end).replace(/\s+/g, " ");
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

import type { Bindings } from "./bindings.ts";
import { bare, type TreeNode } from "./syntax-tree.ts";

/** As much of a text as can be known without running anything. */
export interface StaticText {
  /** All of it, or its beginning up to the first part that is not known. */
  readonly text: string;
  readonly isWhole: boolean;
}

const UNKNOWN: StaticText = { text: "", isWhole: false };
/** A constant that is made of itself, or of half the file, is no text. */
const DEEPEST = 16;

/** Reads strings, templates, `+` and constants that hold such. */
export function staticText(value: unknown, bindings: Bindings, depth = 0): StaticText {
  const node = bare(value);
  if (node === null || depth > DEEPEST) return UNKNOWN;
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" || typeof node.value === "number"
        ? { text: String(node.value), isWhole: true }
        : UNKNOWN;
    case "TemplateLiteral":
      return joined(partsOf(node, bindings, depth));
    case "BinaryExpression":
      if (node.operator !== "+") return UNKNOWN;
      return joined([node.left, node.right].map((side) => staticText(side, bindings, depth + 1)));
    case "Identifier": {
      const held = bindings.valueOf(node.name as string);
      return held === null ? UNKNOWN : staticText(held, bindings, depth + 1);
    }
    default:
      return UNKNOWN;
  }
}

function partsOf(template: TreeNode, bindings: Bindings, depth: number): StaticText[] {
  const expressions = template.expressions as TreeNode[];
  return (template.quasis as TreeNode[]).flatMap((quasi, index) => {
    const { cooked } = quasi.value as { cooked: string | null };
    const text = { text: cooked ?? "", isWhole: cooked !== null };
    const hole = expressions[index];
    return hole === undefined ? [text] : [text, staticText(hole, bindings, depth + 1)];
  });
}

function joined(parts: readonly StaticText[]): StaticText {
  let text = "";
  for (const part of parts) {
    text += part.text;
    if (!part.isWhole) return { text, isWhole: false };
  }
  return { text, isWhole: true };
}

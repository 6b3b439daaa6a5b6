import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "./file-facts.ts";
import { placeIn } from "./place-in.ts";
import { readSyntaxTree, type TreeNode } from "./syntax-tree.ts";

/** A package.json or tsconfig.json, and where in it things stand. */
export interface JsonFile<Value> {
  /** Relative to the root. */
  readonly path: string;
  readonly value: Value;
  /** Where the innermost of these words stands, one after the other; the file's beginning if it does not. */
  placeOf(...words: readonly string[]): Place;
}

/** Null when there is no such file. Comments and commas at the end are allowed, as the compiler allows them. */
export function readJsonFile<Value>(root: string, path: string): JsonFile<Value> | null {
  let text: string;
  try {
    text = readFileSync(join(root, path), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  return {
    path,
    value: parse(text) as Value,
    placeOf: (...words) => {
      let index = 0;
      for (const word of words) index = Math.max(index, text.indexOf(JSON.stringify(word), index));
      return placeIn(text, index);
    },
  };
}

/** The value of the text; an empty object for one that says nothing. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    const before = "(";
    const { program } = readSyntaxTree("file.ts", `${before}${text}\n)`);
    const [statement] = program.body as unknown as TreeNode[];
    return statement === undefined ? {} : (literal(statement.expression as TreeNode) ?? {});
  }
}

function literal(node: TreeNode): unknown {
  switch (node?.type) {
    case "ParenthesizedExpression":
      return literal(node.expression as TreeNode);
    case "ObjectExpression":
      return Object.fromEntries(
        (node.properties as TreeNode[]).map((property) => {
          const key = property.key as TreeNode;
          return [String(key.value ?? key.name), literal(property.value as TreeNode)];
        }),
      );
    case "ArrayExpression":
      return (node.elements as TreeNode[]).map(literal);
    case "Literal":
      return node.value;
    default:
      return undefined;
  }
}

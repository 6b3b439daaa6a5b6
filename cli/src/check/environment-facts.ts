import { type Bindings, keysOf } from "./bindings.ts";
import type { NamedPlace } from "./file-facts.ts";
import { placeIn } from "./place-in.ts";
import { bare, isIdentifier, propertyName, type TreeNode } from "./syntax-tree.ts";

/** Where the file reads the environment of the process. `nodes` are those that `mayReadEnvironment`. */
export function environmentReads(
  source: string,
  nodes: readonly TreeNode[],
  bindings: Bindings,
): NamedPlace[] {
  return nodes.flatMap((node): NamedPlace[] => {
    switch (node.type) {
      case "MemberExpression": {
        if (propertyName(node) !== "env") return [];
        const object = bare(node.object);
        if (isImportMeta(object)) return [named(source, "import.meta.env", node)];
        return isProcess(object, bindings) ? [named(source, "process.env", node)] : [];
      }
      case "VariableDeclarator":
        return taken(source, node.id as TreeNode, bare(node.init), bindings);
      case "AssignmentExpression":
        return taken(source, node.left as TreeNode, bare(node.right), bindings);
      case "ImportDeclaration":
        return isProcessModule((node.source as TreeNode).value) ? imported(source, node) : [];
      default:
        return [];
    }
  });
}

export function mayReadEnvironment({ type }: TreeNode): boolean {
  return READING.has(type);
}

const READING = new Set([
  "MemberExpression",
  "VariableDeclarator",
  "AssignmentExpression",
  "ImportDeclaration",
]);

/** `const { env } = process`. */
function taken(source: string, pattern: TreeNode, value: TreeNode | null, bindings: Bindings): NamedPlace[] {
  if (!keysOf(pattern).includes("env")) return [];
  if (isImportMeta(value)) return [named(source, "import.meta.env", pattern)];
  return isProcess(value, bindings) ? [named(source, "process.env", pattern)] : [];
}

/** `import { env } from "node:process"`. */
function imported(source: string, declaration: TreeNode): NamedPlace[] {
  return (declaration.specifiers as TreeNode[]).flatMap((each) => {
    const name = (each.imported as TreeNode | undefined)?.name;
    return name === "env" ? [named(source, "env of node:process", each)] : [];
  });
}

/** The global, and what `node:process` gives. A name that the file gave to something else is neither. */
function isProcess(value: TreeNode | null, bindings: Bindings): boolean {
  if (value?.type === "MemberExpression") {
    return propertyName(value) === "process" && isIdentifier(value.object, "globalThis");
  }
  if (value?.type === "CallExpression") {
    // await import("node:process"), require("process")
    return isProcessModule(bare((value.arguments as TreeNode[])[0])?.value);
  }
  if (value?.type === "ImportExpression") return isProcessModule(bare(value.source)?.value);
  if (value?.type !== "Identifier") return false;
  const name = value.name as string;
  const from = bindings.importOf(name);
  if (from !== null) return isProcessModule(from.specifier) && ["default", "*"].includes(from.name);
  if (!bindings.isBound(name)) return name === "process";
  const held = bare(bindings.valueOf(name));
  return held !== null && held.type !== "Identifier" && isProcess(held, bindings);
}

function isProcessModule(specifier: unknown): boolean {
  return specifier === "node:process" || specifier === "process";
}

function isImportMeta(node: TreeNode | null): boolean {
  return node?.type === "MetaProperty" && (node.property as TreeNode).name === "meta";
}

function named(source: string, name: string, node: TreeNode): NamedPlace {
  return { name, ...placeIn(source, node.start) };
}

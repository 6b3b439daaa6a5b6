import {
  type ParseResult,
  type ParserOptions,
  type Program,
  parseSync,
  rawTransferSupported,
} from "oxc-parser";

/** A node of the syntax tree, looked at without knowing which. */
export interface TreeNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

// The tree comes as bytes instead of as JSON: twice as fast, with half the garbage. The parser's version is pinned, as
// these options are experimental. It reserves 6 GB of addresses, which not every system gives.
let isRaw = rawTransferSupported();

/** The parser's list of static imports and exports, without a syntax tree. Release it when it has been read. */
export function readModuleRecord(path: string, source: string): ParseResult & { dispose?(): void } {
  return read(path, source, "experimentalLazy");
}

export function readSyntaxTree(path: string, source: string): ParseResult {
  return read(path, source, "experimentalRawTransfer");
}

function read(
  path: string,
  source: string,
  way: "experimentalLazy" | "experimentalRawTransfer",
): ParseResult {
  if (isRaw) {
    try {
      return parseSync(path, source, { [way]: true } as ParserOptions);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      isRaw = false;
    }
  }
  return parseSync(path, source);
}

/** Calls `visit` for every node, parents before their children. */
export function walk(program: Program | TreeNode, visit: (node: TreeNode) => void): void {
  const node = program as unknown as TreeNode;
  visit(node);
  for (const key in node) {
    const value = node[key];
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      for (const each of value) if (isNode(each)) walk(each, visit);
    } else if (isNode(value)) walk(value, visit);
  }
}

export function isNode(value: unknown): value is TreeNode {
  return typeof value === "object" && value !== null && typeof (value as TreeNode).type === "string";
}

/** The node below what says something about it only to the compiler or to the reader: `(x)`, `x as T`, `x!`. */
export function bare(value: unknown): TreeNode | null {
  let node = isNode(value) ? value : null;
  while (node !== null && WRAPPERS.has(node.type)) node = (node.expression ?? node.argument) as TreeNode;
  return node;
}

export function isIdentifier(value: unknown, name?: string): boolean {
  const node = bare(value);
  return node?.type === "Identifier" && (name === undefined || node.name === name);
}

/** The name of `object.name`, `object["name"]` and of a key in a pattern or an object; null when it is computed. */
export function propertyName(node: TreeNode): string | null {
  const key = (node.property ?? node.key) as TreeNode;
  if (node.computed !== true && key.type === "Identifier") return key.name as string;
  return key.type === "Literal" && typeof key.value === "string" ? key.value : null;
}

const WRAPPERS = new Set([
  "ParenthesizedExpression",
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "ChainExpression",
  "AwaitExpression",
]);

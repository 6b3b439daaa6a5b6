import { type Node, type Program, parseSync, type Span } from "oxc-parser";
import { editByHand } from "../scaffold-error.ts";

/** The syntax tree of a source text. Its positions are those of the text. */
export function syntaxOf(file: string, text: string): Program {
  const { program, errors } = parseSync(file, text);
  const [first] = errors;
  if (first === undefined) return program;
  throw editByHand(file, `cannot be read (${first.message})`, "Correct it and call the command again.");
}

/** Every node of the tree, parents first. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* nodesOf(child);
    }
  }
}

/** An expression without what only the compiler reads: `[…] as const`, `{…} satisfies Parts`. */
export function unwrapped(node: Node): Node {
  switch (node.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "ParenthesizedExpression":
      return unwrapped(node.expression);
    default:
      return node;
  }
}

export type ArrayLiteral = Extract<Node, { type: "ArrayExpression" }>;
export type ObjectLiteral = Extract<Node, { type: "ObjectExpression" }>;

/** The literal that is the value of a key of an object; null when the object has no such key. */
export function valueAt(object: ObjectLiteral, key: string): Node | null {
  for (const property of object.properties) {
    if (property.type === "Property" && keyOf(property.key) === key) return unwrapped(property.value);
  }
  return null;
}

export function keyOf(key: Node): string | null {
  if (key.type === "Identifier") return key.name;
  return key.type === "Literal" && typeof key.value === "string" ? key.value : null;
}

/** What `export const <name> = …` is given; `name` chooses one of several. */
export function* exportedConstants(
  program: Program,
): Generator<{ name: string | null; value: Node; id: Node }> {
  for (const statement of program.body) {
    if (statement.type !== "ExportNamedDeclaration" || statement.declaration?.type !== "VariableDeclaration")
      continue;
    for (const { id, init } of statement.declaration.declarations) {
      if (init !== null)
        yield { name: id.type === "Identifier" ? id.name : null, value: unwrapped(init), id };
    }
  }
}

/** The calls of a function by its plain name. */
export function* callsOf(program: Program, name: string) {
  for (const node of nodesOf(program)) {
    if (node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === name)
      yield node;
  }
}

/** Whether the names that an edit would bring in are free. */
export function namesIn(program: Program): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodesOf(program)) if (node.type === "Identifier") names.add(node.name);
  return names;
}

export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

export function slice(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

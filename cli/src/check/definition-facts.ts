import type { Bindings } from "./bindings.ts";
import type { DeclaredUse, NamedPlace } from "./file-facts.ts";
import { placeIn } from "./place-in.ts";
import { staticText } from "./static-text.ts";
import { bare, propertyName, type TreeNode } from "./syntax-tree.ts";

/** `contract("ordering", …)`: the name by which all know the module. */
export function contractNames(source: string, nodes: readonly TreeNode[], bindings: Bindings): NamedPlace[] {
  return nodes.flatMap((node) => {
    if (calledName(node) !== "contract") return [];
    const [first] = node.arguments as TreeNode[];
    if (first === undefined) return [];
    const { text, isWhole } = staticText(first, bindings);
    return isWhole ? [{ name: text, ...placeIn(source, first.start) }] : [];
  });
}

/** `define(ordering, { uses: [catalog], reads: [catalog.productListing] })`. */
export function declaredUses(source: string, nodes: readonly TreeNode[], bindings: Bindings): DeclaredUse[] {
  return nodes.flatMap((node) => {
    const called = calledName(node);
    if (called !== "define" && called !== "defineModule") return [];
    const parts = bare((node.arguments as TreeNode[])[1]);
    if (parts?.type !== "ObjectExpression") return [];
    return (parts.properties as TreeNode[]).flatMap((property) => {
      const list = property.type === "Property" ? propertyName(property) : null;
      if (list !== "uses" && list !== "reads") return [];
      return entriesOf(property.value, bindings).map(
        (entry): DeclaredUse => ({
          list,
          package: packageOf(entry, bindings),
          ...placeIn(source, entry.start),
        }),
      );
    });
  });
}

/** `on(…)` or `definition.on(…)`, with something else than a text as what it is about: that would be an emitter's. */
export function subscribesToEvents(nodes: readonly TreeNode[]): boolean {
  return nodes.some((node) => {
    if (node.type !== "CallExpression") return false;
    const callee = bare(node.callee);
    const name = callee?.type === "MemberExpression" ? bare(callee.property) : callee;
    if (name?.type !== "Identifier" || name.name !== "on") return false;
    const first = bare((node.arguments as TreeNode[])[0]);
    return first !== null && first.type !== "Literal" && first.type !== "TemplateLiteral";
  });
}

/** The elements of a list; or what stands in its place, when that is not to be known. */
function entriesOf(value: unknown, bindings: Bindings): TreeNode[] {
  const node = bare(value);
  if (node?.type === "Identifier") {
    const held = bare(bindings.valueOf(node.name as string));
    if (held?.type === "ArrayExpression") return entriesOf(held, bindings);
  }
  if (node?.type === "ArrayExpression")
    return (node.elements as (TreeNode | null)[]).filter((each) => each !== null);
  return node === null ? [] : [node];
}

/** `catalog`, or `catalog.productListing` for a view of it. */
function packageOf(entry: TreeNode, bindings: Bindings): string | null {
  let node = bare(entry);
  while (node?.type === "MemberExpression") node = bare(node.object);
  return node?.type === "Identifier" ? (bindings.importOf(node.name as string)?.specifier ?? null) : null;
}

function calledName(node: TreeNode): string | null {
  const callee = node.type === "CallExpression" ? bare(node.callee) : null;
  return callee?.type === "Identifier" ? (callee.name as string) : null;
}

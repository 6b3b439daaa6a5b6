import type { BindingCollector, ImportedName } from "../bindings.ts";
import { bare, propertyName, type TreeNode } from "../syntax-tree.ts";

/** What a tag makes of its template: a `statement` that is sent as it is, or a `fragment` that may be a part of one. */
export type TagKind = "statement" | "fragment";

/** The names under which a file knows tags that make SQL. Told apart by name and not by scope. */
export class Tags {
  readonly #kinds = new Map<string, TagKind>();

  /** Of the template's tag: `sql`, `context.sql`, or whatever name the file gave it. */
  kindOf(tag: unknown): TagKind | null {
    const node = bare(tag);
    if (node?.type === "Identifier") return this.#kinds.get(node.name as string) ?? null;
    return node?.type === "MemberExpression" && propertyName(node) === "sql" ? "statement" : null;
  }

  isTag(tag: unknown): boolean {
    return this.kindOf(tag) !== null;
  }

  set(name: string, kind: TagKind): void {
    // Where one file has both, what may be a part is the more careful reading.
    if (this.#kinds.get(name) !== "fragment") this.#kinds.set(name, kind);
  }
}

/** A use case's `sql` is handed to it and sends what it is given; a `sql` that is imported or made makes fragments. */
function isFragmentTag({ specifier, name }: ImportedName, local: string): boolean {
  if (specifier === "ashlar/postgres") return name === "statement";
  return name === "sql" || (name === "default" && local === "sql");
}

export function findTags(nodes: readonly TreeNode[], bindings: BindingCollector): Tags {
  const tags = new Tags();
  tags.set("sql", "statement");
  // Twice, since a name may be handed on before the place where it is made.
  for (const node of [...nodes, ...nodes]) {
    switch (node.type) {
      case "ImportDefaultSpecifier":
      case "ImportSpecifier": {
        const local = (node.local as TreeNode).name as string;
        const imported = bindings.importOf(local);
        if (imported !== null && isFragmentTag(imported, local)) tags.set(local, "fragment");
        break;
      }
      case "Property": {
        const value = node.value as TreeNode;
        const target = value.type === "AssignmentPattern" ? (value.left as TreeNode) : value;
        if (target.type === "Identifier" && propertyName(node) === "sql") {
          tags.set(target.name as string, "statement");
        }
        break;
      }
      case "VariableDeclarator": {
        const target = node.id as TreeNode;
        const kind = isMadeHere(target, node.init) ? "fragment" : tags.kindOf(node.init);
        if (kind !== null && target.type === "Identifier") tags.set(target.name as string, kind);
        break;
      }
      case "Identifier":
        if (isTypedAsSql(node)) tags.set(node.name as string, "statement");
        break;
    }
  }
  return tags;
}

/** `const sql = postgres(url)`. */
function isMadeHere(target: TreeNode, value: unknown): boolean {
  return target.type === "Identifier" && target.name === "sql" && bare(value)?.type === "CallExpression";
}

/** `(run: Sql) => …`: the framework's type of a use case's `sql`. */
function isTypedAsSql(node: TreeNode): boolean {
  const annotation = (node.typeAnnotation as TreeNode | null)?.typeAnnotation as TreeNode | undefined;
  if (annotation?.type !== "TSTypeReference") return false;
  return (annotation.typeName as TreeNode).name === "Sql";
}

import { propertyName, type TreeNode } from "./syntax-tree.ts";

/**
 * The names that a file binds, over all its scopes. A name that is bound more than once is known as nothing: telling
 * scopes apart would make few places clearer and every one slower.
 */
export interface Bindings {
  /** What a name was given, where it is a `const` bound once. */
  valueOf(name: string): TreeNode | null;
  /** Where a name comes from, where an import binds it and nothing else does. */
  importOf(name: string): ImportedName | null;
  /** Whether the file gives the name a meaning of its own. */
  isBound(name: string): boolean;
}

export interface ImportedName {
  readonly specifier: string;
  /** As the other file exports it; `default`, or `*` for all of it. */
  readonly name: string;
}

/** Collects while the tree is walked: hand every node to `see`, then ask. */
export class BindingCollector implements Bindings {
  readonly #times = new Map<string, number>();
  readonly #values = new Map<string, TreeNode>();
  readonly #imports = new Map<string, ImportedName>();
  #isConstant = false;

  see(node: TreeNode): void {
    switch (node.type) {
      case "VariableDeclaration":
        this.#isConstant = node.kind === "const";
        break;
      case "VariableDeclarator": {
        const target = node.id as TreeNode;
        this.#bind(target);
        const value = node.init as TreeNode | null;
        if (this.#isConstant && target.type === "Identifier" && value !== null) {
          this.#values.set(target.name as string, value);
        }
        break;
      }
      case "ImportDeclaration": {
        const specifier = (node.source as TreeNode).value as string;
        for (const each of node.specifiers as TreeNode[]) {
          const local = (each.local as TreeNode).name as string;
          this.#count(local);
          this.#imports.set(local, { specifier, name: importedName(each) });
        }
        break;
      }
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        if (node.id) this.#bind(node.id as TreeNode);
        for (const parameter of node.params as TreeNode[]) this.#bind(parameter);
        break;
      case "ClassDeclaration":
      case "TSEnumDeclaration":
        if (node.id) this.#bind(node.id as TreeNode);
        break;
      case "CatchClause":
        if (node.param) this.#bind(node.param as TreeNode);
        break;
    }
  }

  valueOf(name: string): TreeNode | null {
    return this.#times.get(name) === 1 ? (this.#values.get(name) ?? null) : null;
  }

  importOf(name: string): ImportedName | null {
    return this.#times.get(name) === 1 ? (this.#imports.get(name) ?? null) : null;
  }

  isBound(name: string): boolean {
    return this.#times.has(name);
  }

  #count(name: string): void {
    this.#times.set(name, (this.#times.get(name) ?? 0) + 1);
  }

  #bind(target: TreeNode): void {
    switch (target.type) {
      case "Identifier":
        this.#count(target.name as string);
        break;
      case "ObjectPattern":
        for (const each of target.properties as TreeNode[]) {
          this.#bind((each.argument ?? each.value) as TreeNode);
        }
        break;
      case "ArrayPattern":
        for (const each of target.elements as (TreeNode | null)[]) if (each !== null) this.#bind(each);
        break;
      case "AssignmentPattern":
        this.#bind(target.left as TreeNode);
        break;
      case "RestElement":
        this.#bind(target.argument as TreeNode);
        break;
      case "TSParameterProperty":
        this.#bind(target.parameter as TreeNode);
        break;
    }
  }
}

function importedName(specifier: TreeNode): string {
  if (specifier.type === "ImportNamespaceSpecifier") return "*";
  if (specifier.type === "ImportDefaultSpecifier") return "default";
  const imported = specifier.imported as TreeNode;
  return (imported.name ?? imported.value) as string;
}

/** Where a pattern takes apart what it is given: the keys it asks for. */
export function keysOf(pattern: TreeNode): string[] {
  if (pattern.type !== "ObjectPattern") return [];
  return (pattern.properties as TreeNode[]).flatMap((each) =>
    each.type === "Property" ? (propertyName(each) ?? []) : [],
  );
}

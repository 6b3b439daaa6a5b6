import type { Comment, EcmaScriptModule } from "oxc-parser";
import type { Bindings } from "./bindings.ts";
import type { ImportFact, ImportKind } from "./file-facts.ts";
import { placeIn } from "./place-in.ts";
import { type StaticText, staticText } from "./static-text.ts";
import { bare, isIdentifier, propertyName, type TreeNode } from "./syntax-tree.ts";

/** `import … from` and `export … from`, which the parser lists without a syntax tree. */
export function staticImports(
  source: string,
  { staticImports, staticExports }: EcmaScriptModule,
): ImportFact[] {
  const imports = staticImports.map(({ moduleRequest, entries }): ImportFact => {
    const isType = entries.length > 0 && entries.every((entry) => entry.isType);
    const names = entries.flatMap((entry) => (entry.isType ? [] : (entry.importName.name ?? [])));
    return {
      ...fact(source, isType ? "import type" : "import", whole(moduleRequest.value), moduleRequest.start),
      ...(moduleRequest.value === "kysely" ? { names } : {}),
    };
  });
  // One statement may list many names, and a name that was imported and is exported later stands in both lists.
  const seen = new Set(staticImports.map(({ moduleRequest }) => moduleRequest.start));
  const exports: ImportFact[] = [];
  for (const { entries } of staticExports) {
    for (const { moduleRequest } of entries) {
      if (moduleRequest === null || seen.has(moduleRequest.start)) continue;
      seen.add(moduleRequest.start);
      exports.push(fact(source, "export from", whole(moduleRequest.value), moduleRequest.start));
    }
  }
  return [...imports, ...exports];
}

/** What no list of imports has: found by walking the tree. `nodes` are those that `mayImport`. */
export function otherImports(source: string, nodes: readonly TreeNode[], bindings: Bindings): ImportFact[] {
  const workers = new Set<TreeNode>();
  return nodes.flatMap((node) => {
    switch (node.type) {
      case "ImportExpression": {
        const from = node.source as TreeNode;
        return [fact(source, "import()", staticText(from, bindings), from.start)];
      }
      case "TSImportType": {
        const from = node.source as TreeNode;
        return [fact(source, "type import()", staticText(from, bindings), from.start)];
      }
      case "TSExternalModuleReference": {
        const from = node.expression as TreeNode;
        return [fact(source, "require", staticText(from, bindings), from.start)];
      }
      case "NewExpression":
        return newImports(source, node, bindings, workers);
      default:
        return callImports(source, node, bindings);
    }
  });
}

export function mayImport({ type }: TreeNode): boolean {
  return IMPORTING.has(type);
}

const IMPORTING = new Set([
  "ImportExpression",
  "TSImportType",
  "TSExternalModuleReference",
  "NewExpression",
  "CallExpression",
]);

/** `import("…")` and `@import … from "…"` in documentation comments, which the compiler reads in JavaScript. */
export function documentedImports(source: string, comments: readonly Comment[]): ImportFact[] {
  return comments
    .filter(({ type, value }) => type === "Block" && value.startsWith("*"))
    .flatMap(({ value, start }) =>
      [...value.matchAll(DOCUMENTED)].map((match) => {
        const specifier = match[1] ?? match[2] ?? "";
        const index = start + 2 + match.index + match[0].lastIndexOf(specifier) - 1;
        return fact(source, "JSDoc import", whole(specifier), index);
      }),
    );
}

const DOCUMENTED = /\bimport\(\s*["']([^"'\n]+)["']\s*\)|@import\b[^"'@]*\bfrom\s+["']([^"'\n]+)["']/g;

/** `/// <reference path="…" />`, which takes a file into the compilation. */
export function referenceComments(source: string, comments: readonly Comment[]): ImportFact[] {
  return comments.flatMap(({ type, value, start }) => {
    const match =
      type === "Line" ? /^\/\s*<reference\s+(?:path|types)\s*=\s*["']([^"']+)["']/.exec(value) : null;
    if (match === null) return [];
    const specifier = match[1]!;
    const isPath = value.includes("path") && !/^[./]/.test(specifier);
    const index = start + 2 + match[0].lastIndexOf(specifier) - 1;
    return [fact(source, "reference", whole(isPath ? `./${specifier}` : specifier), index)];
  });
}

function callImports(source: string, node: TreeNode, bindings: Bindings): ImportFact[] {
  const callee = bare(node.callee);
  const [first] = node.arguments as TreeNode[];
  if (callee === null || first === undefined) return [];
  const made = (kind: ImportKind) => [fact(source, kind, staticText(first, bindings), first.start)];
  if (isRequire(callee, bindings)) return made("require");
  if (callee.type !== "MemberExpression") return pathImports(source, node, bindings);
  const name = propertyName(callee);
  const object = bare(callee.object);
  if (name === "resolve" && isRequire(object, bindings)) return made("require.resolve");
  if (name === "resolve" && isImportMeta(object)) return made("import.meta.resolve");
  if (name === "require" && isIdentifier(object, "module") && !bindings.isBound("module")) {
    return made("require");
  }
  return pathImports(source, node, bindings);
}

/** `require` itself, what `createRequire` gave, and a call of `createRequire` on the spot. */
function isRequire(value: TreeNode | null, bindings: Bindings): boolean {
  const node = bare(value);
  if (node?.type === "CallExpression") return isCreateRequire(bare(node.callee), bindings);
  if (node?.type !== "Identifier") return false;
  const name = node.name as string;
  if (!bindings.isBound(name)) return name === "require";
  const held = bare(bindings.valueOf(name));
  return held?.type === "CallExpression" && isCreateRequire(bare(held.callee), bindings);
}

function isCreateRequire(callee: TreeNode | null, bindings: Bindings): boolean {
  if (callee?.type === "MemberExpression") return propertyName(callee) === "createRequire";
  if (callee?.type !== "Identifier") return false;
  const name = callee.name as string;
  return name === "createRequire" || bindings.importOf(name)?.name === "createRequire";
}

/** `new URL("…", import.meta.url)`, also inside of `new Worker(…)`. */
function newImports(
  source: string,
  node: TreeNode,
  bindings: Bindings,
  workers: Set<TreeNode>,
): ImportFact[] {
  const [first, second] = (node.arguments as TreeNode[]).map(bare);
  if (first == null) return [];
  if (isIdentifier(node.callee, "URL") && second != null && isHere(second, bindings)) {
    const kind = workers.has(node) ? "new Worker" : "new URL";
    const { text, isWhole } = staticText(first, bindings);
    // A URL is relative without a dot, too.
    const path = text === "" || /^[a-z][a-z+.-]*:|^[./]/i.test(text) ? text : `./${text}`;
    return [fact(source, kind, { text: path, isWhole }, first.start)];
  }
  // The URL inside is met after this node.
  if (isIdentifier(node.callee, "Worker") && first.type === "NewExpression") workers.add(first);
  return [];
}

/** `join(import.meta.dirname, "…")`: a path from this file to another. */
function pathImports(source: string, node: TreeNode, bindings: Bindings): ImportFact[] {
  const callee = bare(node.callee);
  const called = callee?.type === "MemberExpression" ? propertyName(callee) : callee?.name;
  const [base, ...rest] = node.arguments as TreeNode[];
  if ((called !== "join" && called !== "resolve") || rest.length === 0 || !isDirectory(bare(base))) return [];
  const texts = rest.map((each) => staticText(each, bindings));
  const unknown = texts.findIndex(({ isWhole }) => !isWhole);
  const known = unknown === -1 ? texts : texts.slice(0, unknown + 1);
  const text = `./${known.map((each) => each.text).join("/")}`;
  return [fact(source, "path", { text, isWhole: unknown === -1 }, rest[0]!.start)];
}

function isDirectory(node: TreeNode | null): boolean {
  if (node?.type === "MemberExpression") {
    return propertyName(node) === "dirname" && isImportMeta(bare(node.object));
  }
  return isIdentifier(node, "__dirname");
}

function isHere(node: TreeNode, bindings: Bindings): boolean {
  if (node.type === "MemberExpression") {
    return ["url", "filename"].includes(propertyName(node) ?? "") && isImportMeta(bare(node.object));
  }
  if (node.type !== "Identifier") return false;
  const held = bare(bindings.valueOf(node.name as string));
  return held?.type === "MemberExpression" && isHere(held, bindings);
}

function isImportMeta(node: TreeNode | null): boolean {
  return node?.type === "MetaProperty" && (node.property as TreeNode).name === "meta";
}

function whole(text: string): StaticText {
  return { text, isWhole: true };
}

function fact(source: string, kind: ImportKind, { text, isWhole }: StaticText, index: number): ImportFact {
  return { kind, specifier: text, isWhole, ...placeIn(source, index) };
}

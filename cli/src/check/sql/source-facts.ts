import type { Program } from "oxc-parser";
import { BindingCollector } from "../bindings.ts";
import type { Place } from "../file-facts.ts";
import { placeIn } from "../place-in.ts";
import { bare, isIdentifier, propertyName, type TreeNode, walk } from "../syntax-tree.ts";
import { builderFacts } from "./builder-calls.ts";
import type { PublishedView, SourceSql, WrittenStatement } from "./sql-facts.ts";
import { findTags } from "./sql-tags.ts";
import { statementFacts } from "./statement-facts.ts";
import { type Piece, type Reading, render, templatePieces, textPieces } from "./written-text.ts";

/** A cheap look at the text. It may say yes for nothing, never no to something. */
export function mightHoldSql(source: string): boolean {
  return MIGHT_HOLD_SQL.test(source);
}

const MIGHT_HOLD_SQL =
  /\b[sS]ql\b|\bkysely\b|\.query\b|\bexecuteQuery\b|\bselectFrom\b|\binsertInto\b|\bupdateTable\b|\bdeleteFrom\b|\bmergeInto\b|\breplaceInto\b|Join\b|Lateral\b|\bwithSchema\b|\bschema\s*\.|\breads\s*:|\bview\(|\bstatement\b|\bCompiledQuery\b/;

/** What a source file says to the database; null when it says nothing. `loadSqlParser` first. */
export function sqlFactsOf({
  source,
  program,
}: {
  readonly source: string;
  readonly program: () => Program;
}): SourceSql | null {
  const nodes: TreeNode[] = [];
  const bindings = new BindingCollector();
  walk(program(), (node) => {
    bindings.see(node);
    if (LOOKED_AT.has(node.type)) nodes.push(node);
  });
  const reading: Reading = { source, bindings, tags: findTags(nodes, bindings), inlined: new Set() };
  const placeAt = (index: number): Place => placeIn(source, index);

  const statements: WrittenStatement[] = [];
  let reads: readonly string[] | null | undefined;
  const publishes: PublishedView[] = [];
  for (const node of nodes) {
    if (reading.inlined.has(node)) continue;
    const found = factsAt(reading, node, placeAt);
    if (found !== null && saysSomething(found)) statements.push(found);
    if (node.type === "CallExpression") reads ??= readsOf(node);
    if (node.type === "Property") publishes.push(...publishedBy(node));
  }
  if (statements.length === 0 && reads === undefined && publishes.length === 0) return null;
  return { statements, reads: reads === undefined ? [] : reads, publishes };
}

const LOOKED_AT = new Set([
  "TaggedTemplateExpression",
  "CallExpression",
  "ImportDefaultSpecifier",
  "ImportSpecifier",
  "Property",
  "VariableDeclarator",
  "Identifier",
]);

function factsAt(
  reading: Reading,
  node: TreeNode,
  placeAt: (source: number) => Place,
): WrittenStatement | null {
  if (node.type === "TaggedTemplateExpression") {
    const kind = reading.tags.kindOf(node.tag);
    if (kind === null) return null;
    const isFragment = kind === "fragment";
    return statementFacts(templatePieces(reading, node, isFragment), isFragment, placeAt);
  }
  if (node.type !== "CallExpression") return null;
  const builder = builderFacts(reading, node, placeAt);
  if (builder !== null) return builder;
  const { pieces, isFragment } = callPieces(reading, node);
  return pieces.length === 0 ? null : statementFacts(pieces, isFragment, placeAt);
}

/** The text that a call sends or makes a statement of: `.query(…)`, `executeQuery(…)`, `sql.raw(…)`. */
function callPieces(reading: Reading, call: TreeNode): { pieces: Piece[]; isFragment: boolean } {
  const none = { pieces: [], isFragment: false };
  const callee = bare(call.callee);
  const first = bare((call.arguments as TreeNode[])[0]);
  if (callee?.type !== "MemberExpression" || first === null) return none;
  const name = propertyName(callee);
  if (name === "query" || name === "execute" || name === "executeQuery") {
    const text = first.type === "ObjectExpression" ? propertyOf(first, ["text", "sql"]) : first;
    if (text === null) return none;
    const pieces = textPieces(reading, text);
    const known = pieces.some((piece) => "text" in piece);
    if (known)
      return LOOKS_LIKE_SQL.test(render(pieces, "names").text) ? { pieces, isFragment: false } : none;
    // Of a text that is not known at all, only the receiver tells that it is one for the database.
    return name === "query" && isConnection(callee.object) ? { pieces, isFragment: false } : none;
  }
  if (name === "raw" && isIdentifier(callee.object, "CompiledQuery")) {
    return { pieces: textPieces(reading, first), isFragment: false };
  }
  if (!reading.tags.isTag(callee.object)) return none;
  if (name === "raw") return { pieces: textPieces(reading, first), isFragment: true };
  if (name !== "table") return none;
  const [table] = [textPieces(reading, first)];
  return {
    pieces: [{ text: "select from ", source: first.start, isExact: false }, ...table],
    isFragment: false,
  };
}

const LOOKS_LIKE_SQL =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*(?:select|insert|update|delete|merge|with|values|create|alter|drop|truncate|grant|revoke|set|reset|do|call|copy|lock|begin|commit|rollback|savepoint|listen|notify|explain|table|vacuum|analyze|comment)\s/i;

function isConnection(object: unknown): boolean {
  const node = bare(object);
  const name = node?.type === "MemberExpression" ? propertyName(node) : node?.name;
  return (
    typeof name === "string" &&
    /^#?(?:client|pool|conn(?:ection)?|db|database|pg|tx|trx|transaction)$/i.test(name)
  );
}

function saysSomething({ touches, refused, settings, fault, dynamic }: WrittenStatement): boolean {
  return [touches, refused, settings, dynamic].some(({ length }) => length > 0) || fault !== null;
}

/** `define(contract, { reads: [catalog.productListing] })`. Undefined when the call has no `reads`. */
function readsOf(call: TreeNode): readonly string[] | null | undefined {
  const callee = bare(call.callee);
  if (callee?.type !== "Identifier" || callee.name !== "define") return undefined;
  const parts = bare((call.arguments as TreeNode[])[1]);
  const list = parts?.type === "ObjectExpression" ? propertyOf(parts, ["reads"]) : null;
  if (list === null) return undefined;
  if (list.type !== "ArrayExpression") return null;
  const members = (list.elements as (TreeNode | null)[]).map((element) => {
    const node = bare(element);
    return node?.type === "MemberExpression" ? propertyName(node) : null;
  });
  return members.some((member) => member === null) ? null : (members as string[]);
}

/** `productListing: view({ view: "product_listing", … })` in a contract. */
function publishedBy(property: TreeNode): PublishedView[] {
  const call = bare(property.value);
  if (call?.type !== "CallExpression" || !isIdentifier(call.callee, "view")) return [];
  const parts = bare((call.arguments as TreeNode[])[0]);
  const name = parts?.type === "ObjectExpression" ? propertyOf(parts, ["view"])?.value : null;
  const member = propertyName(property);
  return typeof name === "string" && member !== null ? [{ member, view: name }] : [];
}

function propertyOf(object: TreeNode, names: readonly string[]): TreeNode | null {
  const property = (object.properties as TreeNode[]).find(
    (each) => each.type === "Property" && names.includes(propertyName(each) ?? ""),
  );
  return property === undefined ? null : bare(property.value);
}

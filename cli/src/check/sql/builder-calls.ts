import { nameInText, type QualifiedName } from "../../sql/tree.ts";
import type { Place } from "../file-facts.ts";
import { bare, propertyName, type TreeNode } from "../syntax-tree.ts";
import type { WrittenStatement } from "./sql-facts.ts";
import { type Reading, render, templatePieces, textPieces, UNKNOWN_NAME } from "./written-text.ts";

const readers = new Set([
  "selectFrom",
  "innerJoin",
  "leftJoin",
  "rightJoin",
  "fullJoin",
  "crossJoin",
  "innerJoinLateral",
  "leftJoinLateral",
  "crossJoinLateral",
]);
const writers = new Set(["insertInto", "replaceInto", "updateTable", "deleteFrom", "mergeInto"]);
const definers =
  /^(?:create|alter|drop|refresh)(?:Table|Index|Schema|View|MaterializedView|Type|Sequence|Domain)$/;

/** What a call of Kysely's builder touches: the tables named in it, a schema, or a definition. */
export function builderFacts(
  reading: Reading,
  call: TreeNode,
  placeAt: (source: number) => Place,
): WrittenStatement | null {
  const callee = bare(call.callee);
  if (callee?.type !== "MemberExpression") return null;
  const name = propertyName(callee);
  const [first] = call.arguments as TreeNode[];
  if (name === null || first === undefined) return null;
  const nothing = {
    by: "builder",
    touches: [],
    columns: [],
    refused: [],
    settings: [],
    fault: null,
    dynamic: [],
    ...placeAt(first.start),
  } as const;
  if (definers.test(name) && isSchemaBuilder(callee)) {
    return {
      ...nothing,
      refused: [{ what: `${name}()`, ...placeAt((callee.property as TreeNode).start) }],
    };
  }
  if (name === "withSchema") return schemaFacts(reading, first, nothing, placeAt);
  const access = writers.has(name) ? "write" : readers.has(name) ? "read" : accessInChain(name, callee);
  if (access === null) return null;
  const found = tablesIn(reading, first);
  return {
    ...nothing,
    touches: found.flatMap((each) =>
      "name" in each
        ? [{ kind: "relation", access, schema: each.schema, name: each.name, ...placeAt(each.source) }]
        : [],
    ),
    dynamic: found.flatMap((each) => ("name" in each ? [] : [{ what: each.what, ...placeAt(each.source) }])),
  };
}

type FoundTable = (QualifiedName & { source: number }) | { what: string; source: number };

/** The tables of one argument: `"catalog.products as p"`, a list of such, or a table under an alias. */
function tablesIn(reading: Reading, value: TreeNode): FoundTable[] {
  const node = bare(value);
  if (node === null) return [];
  if (node.type === "ArrayExpression") {
    return (node.elements as TreeNode[]).flatMap((element) => tablesIn(reading, element));
  }
  // selectFrom(sql`catalog.products`.as("p"))
  const aliased = node.type === "CallExpression" ? bare((bare(node.callee) ?? node).object) : null;
  const isTemplate = aliased?.type === "TaggedTemplateExpression" && reading.tags.isTag(aliased.tag);
  const pieces = isTemplate ? templatePieces(reading, aliased, true) : textPieces(reading, node);
  const hole = pieces.find((piece) => "hole" in piece);
  const source = pieces[0]?.source ?? node.start;
  if (hole === undefined) {
    const { text } = render(pieces, "parameters");
    const name = nameInText(text.replace(/\s+as\s+.*$/is, ""));
    return name === null ? [] : [{ ...name, source }];
  }
  // A schema may be known where the table is not: `catalog.${table}`.
  const { text } = render(pieces, "names");
  const named = pieces.length > 1 ? nameInText(text.replace(/\s+as\s+.*$/is, "")) : null;
  if (named?.schema != null && !named.schema.startsWith(UNKNOWN_NAME))
    return [{ ...named, name: named.name.replace(UNKNOWN_NAME, "…"), source }];
  return isSubquery(reading, node) ? [] : [{ what: "what" in hole ? hole.what : text, source: node.start }];
}

/** Subqueries and the functions that make them are found as the calls that they are. */
function isSubquery(reading: Reading, node: TreeNode): boolean {
  switch (node.type) {
    case "CallExpression":
    case "ArrowFunctionExpression":
    case "FunctionExpression":
    case "TaggedTemplateExpression":
      return true;
    case "Identifier": {
      const held = bare(reading.bindings.valueOf(node.name as string));
      return held !== null && held.type !== "Identifier" && isSubquery(reading, held);
    }
    default:
      return false;
  }
}

function schemaFacts(
  reading: Reading,
  value: TreeNode,
  nothing: WrittenStatement,
  placeAt: (source: number) => Place,
): WrittenStatement {
  const pieces = textPieces(reading, value);
  if (pieces.some((piece) => "hole" in piece)) {
    return { ...nothing, dynamic: [{ what: "withSchema()", ...placeAt(value.start) }] };
  }
  const schema = render(pieces, "parameters").text;
  const place = placeAt(pieces[0]?.source ?? value.start);
  return { ...nothing, touches: [{ kind: "schema", access: "read", schema, name: schema, ...place }] };
}

/** `db.schema.createTable(…)`. */
function isSchemaBuilder(callee: TreeNode): boolean {
  const object = bare(callee.object);
  return object?.type === "MemberExpression" && propertyName(object) === "schema";
}

/** `from` and `using` are words of others too, so they count only behind a call that begins a query. */
function accessInChain(name: string, callee: TreeNode): "read" | null {
  const begins = name === "from" ? ["updateTable"] : name === "using" ? ["deleteFrom", "mergeInto"] : [];
  let node = begins.length === 0 ? null : bare(callee.object);
  while (node?.type === "CallExpression") {
    const inner = bare(node.callee);
    if (inner?.type !== "MemberExpression") return null;
    if (begins.includes(propertyName(inner) ?? "")) return "read";
    node = bare(inner.object);
  }
  return null;
}

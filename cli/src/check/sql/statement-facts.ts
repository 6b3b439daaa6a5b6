import { type ParsedStatement, parseSql, skipBlank } from "../../sql/parse.ts";
import { type Touch, type Touches, touchesOf } from "../../sql/relations.ts";
import { isTree } from "../../sql/tree.ts";
import type { Place } from "../file-facts.ts";
import { isSystemSchema, reachesOut } from "./schemas.ts";
import type { NamedFact, WrittenStatement } from "./sql-facts.ts";
import { type Piece, render, UNKNOWN_NAME, type WrittenText } from "./written-text.ts";

/** What stands in front of a fragment, and behind it, to make it a statement that parses. */
const frames: readonly (readonly [string, string])[] = [
  ["", ""],
  ["select ", ""],
  ["select (", ")"],
  ["select from ", ""],
  ["select from pg_catalog._ ", ""],
  ["select from pg_catalog._ where ", ""],
  ["select from pg_catalog._ order by ", ""],
  ["with ", " select"],
  ["update pg_catalog._ set ", ""],
  ["insert into pg_catalog._ ", ""],
  ["insert into pg_catalog._ (", ") values (1)"],
];

/**
 * What a text in the source says. `isFragment` allows it to be a part of a statement, which is tried in all places
 * where a part can stand.
 */
export function statementFacts(
  pieces: readonly Piece[],
  isFragment: boolean,
  placeAt: (source: number) => Place,
): WrittenStatement | null {
  const first = pieces[0];
  if (first === undefined) return null;
  const holes = pieces.flatMap((piece) => ("hole" in piece ? [piece] : []));
  const dynamic: NamedFact[] = holes
    .filter(({ hole }) => hole === "raw")
    .map(({ what, source }) => ({ what, ...placeAt(source) }));
  const isUnsure = holes.some(({ hole }) => hole !== "value");

  const sent = render(pieces, "parameters");
  if (skipBlank(sent.text, 0) >= sent.text.length) return null;
  const tries = [sent, ...(isUnsure ? [render(pieces, "names")] : [])];
  for (const written of tries) {
    for (const [before, after] of isFragment ? frames : frames.slice(0, 1)) {
      const analysis = analyse(before + written.text + after);
      if (analysis.fault === null) {
        return placed(analysis, written, before.length, dynamic, placeAt);
      }
    }
  }
  const start = placeAt(sent.sourceOf(skipBlank(sent.text, 0)));
  const nothing = { by: "text", touches: [], columns: [], refused: [], settings: [], ...start } as const;
  if (isUnsure || isFragment) {
    const what = holes.find(({ hole }) => hole !== "value")?.what ?? "a part of a statement";
    return {
      ...nothing,
      fault: null,
      dynamic: dynamic.length > 0 ? dynamic : [{ what, ...start }],
    };
  }
  const { fault } = analyse(sent.text);
  return {
    ...nothing,
    fault: fault === null ? null : { what: fault.message, ...placeAt(sent.sourceOf(fault.index)) },
    dynamic,
  };
}

interface Analysis {
  readonly fault: { readonly message: string; readonly index: number } | null;
  readonly found: readonly Touches[];
  readonly refused: readonly { readonly what: string; readonly index: number }[];
}

/** Equal texts stand in many files. */
const analyses = new Map<string, Analysis>();

function analyse(text: string): Analysis {
  let analysis = analyses.get(text);
  if (analysis === undefined) {
    const parsed = parseSql(text);
    const refused = parsed.statements.flatMap((statement) => refusalOf(text, statement));
    const second = parsed.statements[1];
    if (second !== undefined) refused.push({ what: "several statements at once", index: second.start });
    const temporary = new Set<string>();
    const found = parsed.statements.map((statement) => touchesOf(parsed, statement, text, temporary));
    analysis = { fault: parsed.fault, found, refused };
    analyses.set(text, analysis);
  }
  return analysis;
}

const dataStatements = new Set(["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

/** What the framework's gate, which looks at the first word, or the module's role would refuse. */
function refusalOf(text: string, statement: ParsedStatement): { what: string; index: number }[] {
  const words = text.slice(statement.start, statement.end).replace(/^[\s(]+/, "");
  const [first = "", second = ""] = words.split(/[\s(;]+/);
  const index = statement.start;
  if (!dataStatements.has(statement.kind)) {
    const isTwoWords = /^(?:create|alter|drop|set|reset|start|refresh|reindex|import|security)$/i.test(first);
    return [{ what: (isTwoWords ? `${first} ${second}` : first).toUpperCase(), index }];
  }
  if (/^table$/i.test(first)) return [{ what: "TABLE", index }];
  if (isTree(statement.node.intoClause)) return [{ what: "SELECT INTO", index }];
  return [];
}

function placed(
  { found, refused }: Analysis,
  written: WrittenText,
  added: number,
  dynamic: readonly NamedFact[],
  placeAt: (source: number) => Place,
): WrittenStatement {
  const at = (index: number) => placeAt(written.sourceOf(Math.max(0, index - added)));
  const place = <T extends { readonly index: number }>({ index, ...rest }: T) => ({ ...rest, ...at(index) });
  return {
    by: "text",
    ...at(skipBlank(written.text, 0) + added),
    touches: found.flatMap(({ touches }) => touches.filter(matters).map(named).map(place)),
    columns: found.flatMap(({ columns }) => columns.map(place)),
    refused: refused.map(place),
    settings: found.flatMap(({ settings }) =>
      settings
        .filter(({ by }) => by !== "function")
        .map(({ name, by, index }) => ({
          what: by === "set_config" ? "set_config" : `${by} ${name}`,
          ...at(index),
        })),
    ),
    fault: null,
    dynamic: [...dynamic, ...found.flatMap((each) => each.dynamic.map(place))],
  };
}

/** What comes with the server is nobody's question, and most of what statements name. */
function matters({ kind, schema, name }: Touch): boolean {
  if (schema === UNKNOWN_NAME || (schema === null && name === UNKNOWN_NAME)) return false;
  const isSystem = schema !== null && isSystemSchema(schema);
  if (kind === "relation") return !isSystem || name === "pg_settings";
  return schema === null || isSystem ? reachesOut(name) : true;
}

function named(touch: Touch): Touch {
  return touch.name === UNKNOWN_NAME ? { ...touch, name: "…" } : touch;
}

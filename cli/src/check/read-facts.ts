import type { Program } from "oxc-parser";
import { BindingCollector } from "./bindings.ts";
import { contractNames, declaredUses, subscribesToEvents } from "./definition-facts.ts";
import { environmentReads, mayReadEnvironment } from "./environment-facts.ts";
import type { FileFacts } from "./file-facts.ts";
import {
  documentedImports,
  mayImport,
  otherImports,
  referenceComments,
  staticImports,
} from "./import-facts.ts";
import { placeIn } from "./place-in.ts";
import type { SqlFacts } from "./sql-part.ts";
import { readModuleRecord, readSyntaxTree, type TreeNode, walk } from "./syntax-tree.ts";

/** Where only the syntax tree tells; everything else is in the parser's list of imports. A miss here is a miss. */
const TREE_NEEDED =
  /\brequire\b|\bcreateRequire\b|\bimport\s*\(|\bimport\s*\/|\bimport\s*\.\s*meta\b|\bnew\s+URL\b|__dirname|\benv\b|\benv["'`]|\\u|\/\/\/\s*<reference|\bcontract\s*\(|\bdefine(?:Module)?\s*\(|\bon\s*\(|@import\b|^import\s+\w+\s*=/m;

const EMPTY: FileFacts = {
  imports: [],
  environment: [],
  contracts: [],
  declares: [],
  subscribes: false,
  unreadable: null,
  sql: null,
};

/** Reads one source file. `sqlOf` is given when the file may hold SQL. */
export function factsOf(
  path: string,
  source: string,
  sqlOf: ((program: () => Program) => SqlFacts | null) | null,
): FileFacts {
  if (sqlOf === null && !TREE_NEEDED.test(source)) return factsWithoutTree(path, source);
  const parsed = readSyntaxTree(path, source);
  const unreadable = unreadableAt(source, parsed.errors);
  if (unreadable !== null) return { ...EMPTY, unreadable };
  const { program, comments } = parsed;
  const bindings = new BindingCollector();
  const importing: TreeNode[] = [];
  const reading: TreeNode[] = [];
  walk(program, (node) => {
    bindings.see(node);
    if (mayImport(node)) importing.push(node);
    if (mayReadEnvironment(node)) reading.push(node);
  });
  return {
    imports: [
      ...staticImports(source, parsed.module),
      ...otherImports(source, importing, bindings),
      ...referenceComments(source, comments),
      ...(/\.[cm]?jsx?$/.test(path) ? documentedImports(source, comments) : []),
    ],
    environment: environmentReads(source, reading, bindings),
    contracts: contractNames(source, importing, bindings),
    declares: declaredUses(source, importing, bindings),
    subscribes: subscribesToEvents(importing),
    unreadable: null,
    sql: sqlOf === null ? null : sqlOf(() => program),
  };
}

function factsWithoutTree(path: string, source: string): FileFacts {
  const record = readModuleRecord(path, source);
  try {
    const unreadable = unreadableAt(source, record.errors);
    if (unreadable !== null) return { ...EMPTY, unreadable };
    return { ...EMPTY, imports: staticImports(source, record.module) };
  } finally {
    record.dispose?.();
  }
}

function unreadableAt(
  source: string,
  errors: readonly { message: string; labels: readonly { start: number }[] }[],
): FileFacts["unreadable"] {
  const [error] = errors;
  if (error === undefined) return null;
  return { name: error.message, ...placeIn(source, error.labels[0]?.start ?? 0) };
}

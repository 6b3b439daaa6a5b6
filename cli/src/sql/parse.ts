import "./baseline-compiler.ts";
/** A node of PostgreSQL's own syntax tree, as libpg-query writes it in JSON. */
export interface Tree {
  readonly [key: string]: unknown;
}

export interface ParsedStatement {
  /** The kind of the node: `SelectStmt`, `AlterTableStmt`. */
  readonly kind: string;
  readonly node: Tree;
  /** Where its first word begins in the text, in UTF-16 units like every other index here. */
  readonly start: number;
  readonly end: number;
}

export interface ParsedSql {
  readonly statements: readonly ParsedStatement[];
  /** Why PostgreSQL would refuse the text, and where; null when it parses. */
  readonly fault: { readonly message: string; readonly index: number } | null;
  /** Where in the text a `location` of the tree is: those count bytes of UTF-8. */
  readonly indexOf: (location: unknown) => number;
}

type Library = typeof import("libpg-query");

let loading: Promise<void> | undefined;
let library: Library | undefined;

/** Loads PostgreSQL's parser, once. To be awaited before the first `parseSql`. */
export function loadSqlParser(): Promise<void> {
  loading ??= (async () => {
    const loaded = await import("libpg-query");
    await loaded.loadModule();
    library = loaded;
  })();
  return loading;
}

function parser(): Library {
  if (library === undefined)
    throw new Error("loadSqlParser() must have been awaited before anything is parsed.");
  return library;
}

export function parseSql(text: string): ParsedSql {
  const indexOf = indexesOf(text);
  // The parser takes a C string and would not see what follows.
  const nul = text.indexOf("\0");
  if (nul !== -1) return { statements: [], fault: { message: "a NUL character", index: nul }, indexOf };
  if (isBlank(text)) return { statements: [], fault: null, indexOf };
  try {
    const { stmts = [] } = parser().parseSync(text) as unknown as { stmts?: RawStatement[] };
    const statements = stmts.map(({ stmt, stmt_location = 0, stmt_len = 0 }) => {
      const [kind = "", node = {}] = Object.entries(stmt)[0] ?? [];
      const from = indexOf(stmt_location);
      return {
        kind,
        node: node as Tree,
        start: skipBlank(text, from),
        end: stmt_len === 0 ? text.length : indexOf(stmt_location + stmt_len),
      };
    });
    return { statements, fault: null, indexOf };
  } catch (error) {
    return { statements: [], fault: faultOf(error), indexOf };
  }
}

/** The tree of a plpgsql function, from its whole CREATE FUNCTION or DO statement; null when it does not parse. */
export function parsePlpgsql(statement: string): Tree | null {
  try {
    return parser().parsePlPgSQLSync(statement) as unknown as Tree;
  } catch {
    return null;
  }
}

/** The index of the first character that is neither blank nor in a comment. */
export function skipBlank(text: string, from: number): number {
  let index = from;
  for (;;) {
    const blank = /\s*(?:--[^\n\r]*)?/y;
    blank.lastIndex = index;
    const length = blank.exec(text)?.[0].length ?? 0;
    index += length;
    if (text.startsWith("/*", index)) index = endOfComment(text, index);
    else if (length === 0) return index;
  }
}

interface RawStatement {
  readonly stmt: Tree;
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

function isBlank(text: string): boolean {
  return skipBlank(text, 0) >= text.length;
}

/** Block comments nest. */
function endOfComment(text: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let depth = 0;
  for (let match = edge.exec(text); match !== null; match = edge.exec(text)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return text.length;
}

function faultOf(error: unknown): { message: string; index: number } {
  if (!(error instanceof parser().SqlError)) throw error;
  return { message: error.message, index: Math.max(0, error.sqlDetails?.cursorPosition ?? 0) };
}

function indexesOf(text: string): (location: unknown) => number {
  let bytes: Buffer | undefined;
  return (location) => {
    const offset = typeof location === "number" && location > 0 ? location : 0;
    bytes ??= Buffer.from(text);
    // In ASCII, bytes are characters.
    return bytes.length === text.length ? offset : bytes.subarray(0, offset).toString().length;
  };
}

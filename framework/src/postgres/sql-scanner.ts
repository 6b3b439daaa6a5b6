/** One statement of an SQL text: its words in lower case, without strings, comments and punctuation. */
export interface ScannedStatement {
  /** As written, without the semicolon. */
  readonly text: string;
  /** 1-based line on which it begins. */
  readonly line: number;
  readonly words: readonly string[];
}

/**
 * Splits an SQL text into its statements, as psql would: semicolons within strings, quoted names, comments,
 * dollar quotes, parentheses and BEGIN ATOMIC bodies do not end a statement.
 * It is for good messages and for splitting; what a text may do is decided by PostgreSQL.
 */
export function scanStatements(sql: string): ScannedStatement[] {
  const statements: ScannedStatement[] = [];
  let words: string[] = [];
  let start: number | undefined;
  let parentheses = 0;
  let blocks = 0;

  const finish = (end: number) => {
    if (start !== undefined) {
      statements.push({ text: sql.slice(start, end).trimEnd(), line: lineAt(sql, start), words });
    }
    words = [];
    start = undefined;
    parentheses = 0;
    blocks = 0;
  };

  token.lastIndex = 0;
  for (let match = token.exec(sql); match !== null; match = token.exec(sql)) {
    const { blank, dollar, word, quoted } = match.groups ?? {};
    if (blank !== undefined) {
      if (blank.startsWith("/*")) token.lastIndex = endOfComment(sql, match.index);
      continue;
    }
    if (match[0] === ";" && parentheses === 0 && blocks === 0) {
      finish(match.index);
      continue;
    }
    start ??= match.index;
    if (dollar !== undefined) {
      const end = sql.indexOf(dollar, token.lastIndex);
      token.lastIndex = end === -1 ? sql.length : end + dollar.length;
    } else if (word !== undefined) {
      const lower = word.toLowerCase();
      if (lower === "atomic" && words.at(-1) === "begin") blocks = 1;
      else if (blocks > 0 && lower === "case") blocks++;
      else if (blocks > 0 && lower === "end") blocks--;
      words.push(lower);
    } else if (quoted !== undefined) {
      words.push(quoted.slice(1, -1).replaceAll('""', '"'));
    } else if (match[0] === "(") {
      parentheses++;
    } else if (match[0] === ")") {
      parentheses--;
    }
  }
  finish(sql.length);
  return statements;
}

/** The text with `?` for every string and number in it, and without its comments: what is left says nothing of data. */
export function withoutConstants(sql: string): string {
  let rest = "";
  token.lastIndex = 0;
  for (let match = token.exec(sql); match !== null; match = token.exec(sql)) {
    const { blank, dollar, word, quoted } = match.groups ?? {};
    if (blank !== undefined) {
      if (blank.startsWith("/*")) token.lastIndex = endOfComment(sql, match.index);
      if (!rest.endsWith(" ")) rest += " ";
    } else if (dollar !== undefined) {
      const end = sql.indexOf(dollar, token.lastIndex);
      token.lastIndex = end === -1 ? sql.length : end + dollar.length;
      rest += "?";
    } else if (word !== undefined || quoted !== undefined) {
      rest += match[0];
    } else if (match[0].length > 1) {
      rest += "?";
    } else {
      // Parameters and numbers come one character at a time.
      number.lastIndex = match.index;
      const [digits] = number.exec(sql) ?? [match[0]];
      token.lastIndex = match.index + digits.length;
      rest += /^\d|^\.\d/.test(digits) ? "?" : digits;
    }
  }
  return rest.trim();
}

const number = /\$\d+|\.?\d[\w.]*|./suy;

export function lineAt(sql: string, index: number): number {
  return sql.slice(0, index).split("\n").length;
}

// Alternatives in order: blanks, comments; dollar quotes; strings, of which only E'' knows backslashes;
// quoted names; words; anything else, one character at a time.
const token = new RegExp(
  [
    String.raw`(?<blank>\s+|--[^\n\r]*|\/\*)`,
    String.raw`(?<dollar>\$(?:[a-z_\u0080-\uffff][a-z0-9_\u0080-\uffff]*)?\$)`,
    String.raw`[e]'(?:[^'\\]|\\.|'')*'?`,
    `(?:[bxn]|u&)?'(?:[^']|'')*'?`,
    `(?:u&)?(?<quoted>"(?:[^"]|"")*"?)`,
    String.raw`(?<word>[a-z_\u0080-\uffff][a-z0-9_$\u0080-\uffff]*)`,
    ".",
  ].join("|"),
  "gisu",
);

function endOfComment(sql: string, from: number): number {
  let depth = 0;
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  for (let match = edge.exec(sql); match !== null; match = edge.exec(sql)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return sql.length;
}

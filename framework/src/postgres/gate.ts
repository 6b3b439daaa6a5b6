import { DatabaseError } from "./errors.ts";

/** The first keyword of a statement that passed the gate. */
export type StatementKind = (typeof ALLOWED)[number];

const ALLOWED = ["select", "insert", "update", "delete", "merge", "with", "values"] as const;

/**
 * Lets only data statements through and says which kind it is; throws ASHLAR_STATEMENT_REFUSED otherwise.
 *
 * Sound because statements always travel by the extended protocol, which takes exactly one statement: its
 * first keyword decides what it is. Whatever could change the role, the session or the transaction (SET, RESET,
 * DO, COMMIT, CALL, EXECUTE, COPY, ...) starts with another one. `strict` is for servers whose owner does not
 * allow the hardening: it also refuses every text that mentions a function or view that reaches the session
 * or the server's files.
 */
export function checkStatement(text: string, strict: boolean): StatementKind {
  // The wire ends a text at NUL, so the server would not see what was checked.
  if (text.includes("\0")) throw refuse(undefined);
  const start = skipToFirstKeyword(text);
  const word = /^[a-z]+(?![a-z0-9_$\u0080-\uffff])/i.exec(text.slice(start, start + 20))?.[0].toLowerCase();
  const kind = ALLOWED.find((allowed) => allowed === word);
  if (kind === undefined) throw refuse(word);
  if (strict) checkMentions(text);
  return kind;
}

function refuse(word: string | undefined): DatabaseError {
  const found = word === undefined ? "a statement that begins with no keyword" : `"${word}"`;
  return new DatabaseError(
    "ASHLAR_STATEMENT_REFUSED",
    `A module may only send ${ALLOWED.join(", ")}, not ${found}. Tables change in migrations; ` +
      "transactions and savepoints belong to the command.",
  );
}

/**
 * Skips what PostgreSQL's scanner skips, exactly: a difference would let a keyword hide from one of the two.
 * So block comments nest, a line comment also ends at a carriage return, and only ASCII blanks are blanks.
 */
function skipToFirstKeyword(text: string): number {
  let index = 0;
  while (index < text.length) {
    const two = text.slice(index, index + 2);
    if (two === "--") index = endOfLineComment(text, index + 2);
    else if (two === "/*") index = endOfBlockComment(text, index + 2);
    else if (" \t\n\r\f\v(".includes(text.charAt(index))) index++;
    else return index;
  }
  return index;
}

function endOfLineComment(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === "\n" || character === "\r") return index + 1;
  }
  return text.length;
}

function endOfBlockComment(text: string, from: number): number {
  let depth = 1;
  let index = from;
  while (index < text.length) {
    const two = text.slice(index, index + 2);
    if (two === "*/") {
      depth--;
      index += 2;
      if (depth === 0) return index;
    } else if (two === "/*") {
      depth++;
      index += 2;
    } else {
      index++;
    }
  }
  return index;
}

/**
 * Deliberately a plain text match: it errs towards refusing, also inside literals and comments. ts_stat and
 * ts_rewrite run a query given as text, in which set_config could be spelled so that no match finds it.
 */
const REACHES_OUT =
  /set_config|pg_settings|ts_stat|ts_rewrite|(?:query|cursor|table|schema|database)_to_xml|u&"|dblink|\blo_[a-z]|pg_(?:read|ls|stat)_(?:binary_)?(?:file|dir)|pg_ls_|pg_logdir_ls|pg_file_|pg_execute_server_program/i;

function checkMentions(text: string): void {
  const mention = REACHES_OUT.exec(text)?.[0];
  if (mention === undefined) return;
  throw new DatabaseError(
    "ASHLAR_STATEMENT_REFUSED",
    `The statement mentions ${mention}, which this server could not be hardened against, so the gate refuses ` +
      "every text that holds it. If it is a value, pass it as a parameter.",
  );
}

/** Texts that a program builds anew each time must not be kept without end; beyond this, all are forgotten. */
const MAX_TEXTS = 2_000;
const MAX_LENGTH = 80;

const names = new Map<string, string>();

/** How a statement is called in a trace: `select catalog.products`. Worked out once per text. */
export function statementName(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    if (names.size >= MAX_TEXTS) names.clear();
    name = nameOf(text);
    names.set(text, name);
  }
  return name;
}

const NAME = String.raw`(?:"[^"]+"|[a-z_][\w$]*)`;
/** Skips what may hold any word; finds parentheses, verbs and the table that follows its keyword. */
const TOKENS = new RegExp(
  String.raw`--[^\n]*|/\*[\s\S]*?\*/|'(?:[^']|'')*'|(?<open>\()|(?<close>\))` +
    String.raw`|\b(?:from|into|update|join)\s+(?:only\s+|lateral\s+)?(?<table>${NAME}(?:\s*\.\s*${NAME})?)` +
    String.raw`|"[^"]*"|(?<word>[a-z_][\w$]*)`,
  "gi",
);
const VERBS = new Set(["select", "insert", "update", "delete", "merge"]);

/**
 * The verb outside all parentheses, which in a `with` stands behind what it begins with, and the first table after
 * it; else, as where it only selects from what the `with` made, the first table of all.
 */
function nameOf(text: string): string {
  let depth = 0;
  let verb = "";
  let first = "";
  let table = "";
  const made = new Set<string>();
  let last = "";
  for (const { 0: token, index, groups } of text.matchAll(TOKENS)) {
    const { open, close, table: named, word } = groups ?? {};
    if (open !== undefined) {
      depth++;
      continue;
    }
    if (close !== undefined) {
      depth--;
      continue;
    }
    // A string or a comment.
    if (/^['-]|^\/\*/.test(token)) continue;
    const keyword = /^[a-z]+/i.exec(token)?.[0].toLowerCase() ?? "";
    if (named === undefined) {
      if (keyword === "as") made.add(last);
      if (word === undefined && !token.startsWith('"')) continue;
      last = token.replaceAll('"', "").toLowerCase();
      // Of a text that begins with a parenthesis, what stands in it counts.
      if ((depth > 0 && verb !== "") || (verb !== "" && verb !== "with")) continue;
      if (VERBS.has(keyword) || verb === "") verb = keyword;
      continue;
    }
    if (keyword === "update" && depth === 0 && (verb === "" || verb === "with")) verb = "update";
    if (keyword !== "into" && isFunction(text, index + token.length)) continue;
    const found = named.replaceAll(/["\s]/g, "").toLowerCase();
    if (made.has(found)) continue;
    first ||= found;
    if (depth === 0) table ||= found;
  }
  return `${verb || "statement"} ${table || first}`.trim().slice(0, MAX_LENGTH);
}

function isFunction(text: string, end: number): boolean {
  return /^\s*\(/.test(text.slice(end, end + 20));
}

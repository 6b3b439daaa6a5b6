import { UsageError } from "../exit-code.ts";

/** The words of a thing's name, however they were joined: `gift card`, `gift-card`, `giftCard`. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[\s_-]+/);
}

export const snakeCase = (name: string) => wordsOf(name).join("_");
export const kebabCase = (name: string) => wordsOf(name).join("-");
export const spaced = (name: string) => wordsOf(name).join(" ");
export const constantCase = (name: string) => snakeCase(name).toUpperCase();
export const pascalCase = (name: string) =>
  wordsOf(name)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join("");
export const camelCase = (name: string) => {
  const pascal = pascalCase(name);
  return pascal[0]!.toLowerCase() + pascal.slice(1);
};

/** Regular plurals only. Whoever names a thing `mouse` gives --plural. */
export function pluralOf(thing: string): string {
  if (/[^aeiou]y$/.test(thing)) return `${thing.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(thing) ? `${thing}es` : `${thing}s`;
}

/** A first guess at what a module is about, for its author to correct: `notes` are about a note. */
export const singularOf = (name: string) => spaced(name).replace(/([^s])s$/, "$1");

/** `a shipment`, `an order`, `a user`. */
export function withArticle(thing: string): string {
  return `${/^(?:[aeio]|hour|hono|u(?!ni|s|til))/.test(thing) ? "an" : "a"} ${thing}`;
}

/** What was typed as one sentence, on one line and without what would end a comment. */
export function sentence(text: string): string {
  const words = text.replaceAll("*/", "* /").replaceAll(/\s+/g, " ").trim();
  return capitalised(/[.!?]$/.test(words) ? words : `${words}.`);
}

export const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const MODULE = /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/;
const THING = /^[a-z][a-z0-9]*(?:[ _-][a-z0-9]+)*$/;
const MEMBER = /^[a-z][A-Za-z0-9]{0,59}$/;
/** What a contract's name may be at most: schema, roles and error codes are made of it. */
const LONGEST = 30;

/** The name of a contract for what was typed: `gift-cards` and `gift_cards` are `gift_cards`. */
export async function readModuleName(typed: string): Promise<string> {
  if (!MODULE.test(typed) || typed.length > LONGEST) {
    throw new UsageError(
      `${JSON.stringify(typed)} is no name for a module: give at most ${LONGEST} lower-case letters and digits, such as shipping or gift-cards.`,
    );
  }
  const name = snakeCase(typed);
  if (name === "ashlar" || name === "public" || name === "information_schema" || name.startsWith("pg_")) {
    throw new UsageError(`${name} is a schema that is not the module's to have. Choose another name.`);
  }
  await checkFree("module", name);
  return name;
}

/** `shipment` and `gift card`; a folder, a table and names in code are made of it. */
export async function readThing(typed: string, flag: "--thing" | "--plural"): Promise<string> {
  const thing = spaced(typed);
  if (!THING.test(thing) || thing.length > LONGEST) {
    throw new UsageError(
      `${flag} ${JSON.stringify(typed)} is no name for a thing: give words in lower case, such as shipment or "gift card".`,
    );
  }
  if (flag === "--thing" && FILES.has(kebabCase(thing))) {
    throw new UsageError(`--thing ${thing}: a file of every module is called that. Choose another name.`);
  }
  if (flag === "--thing" && SCHEMAS.has(pascalCase(thing))) {
    throw new UsageError(`--thing ${thing}: every contract has a ${pascalCase(thing)}. Choose another name.`);
  }
  if (flag === "--thing") checkWord(thing, camelCase(thing));
  else await checkSql(thing, snakeCase(thing));
  return thing;
}

export interface MemberName {
  /** Contract name of the module. */
  readonly module: string;
  readonly name: string;
}

/** `ordering.reorder` in its two parts. What it is called in messages is `what`: "use case", "event", "job". */
export function readMember(typed: string, what: string, example: string): MemberName {
  const [module, name, ...rest] = typed.split(".");
  if (module === undefined || name === undefined || rest.length > 0 || !MODULE.test(module)) {
    throw new UsageError(`${JSON.stringify(typed)}: give module and ${what}, such as ${example}.`);
  }
  if (!MEMBER.test(name)) {
    throw new UsageError(
      `${JSON.stringify(name)} is no name for ${withArticle(what)}: give camelCase, such as ${example.split(".")[1]}.`,
    );
  }
  if (MEMBERS_OF_ALL.has(name) || FILES.has(kebabCase(name))) {
    throw new UsageError(`Every module has something called ${name} already. Choose another name.`);
  }
  checkWord(what, name);
  return { module: snakeCase(module), name };
}

/** Part of a file's name: `add gift note` is `add_gift_note`. */
export function readTitle(typed: string): string {
  const title = typed
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, "_");
  if (/^[a-z0-9]+(?:_[a-z0-9]+)*$/.test(title) && title.length <= 60) return title;
  throw new UsageError(
    `${JSON.stringify(typed)} is no name for a migration: say in a few words what it does, such as "add gift note".`,
  );
}

const MEMBERS_OF_ALL = new Set(["contractName", "members", "then"]);
const SCHEMAS = new Set(["Id", "Timestamp", "Type", "Static"]);
/** Files that a module has whatever it does. */
const FILES = new Set(["definition", "module", "tables", "routes", "jobs"]);

/** What every module's files import, and words that no constant may be called. */
const IMPORTED =
  "assert async await call class clock closed command const contract define describe error event fail fake handle it job on perform publish query role route schedule signed sql system test";
const RESERVED =
  "arguments break case catch continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield";
const TAKEN = new Set([...IMPORTED.split(" "), ...RESERVED.split(" ")]);

/** The name of a table, as it is typed in SQL. */
export async function checkSqlName(what: string, name: string): Promise<void> {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    throw new UsageError(
      `${JSON.stringify(name)} is no name for ${withArticle(what)}: give lower-case letters, digits and underscores.`,
    );
  }
  await checkSql(what, name);
}

async function checkFree(what: string, name: string): Promise<void> {
  if (FILES.has(name)) throw new UsageError(`A module cannot be called ${name}. Choose another name.`);
  checkWord(what, camelCase(name));
  await checkSql(what, name);
}

function checkWord(what: string, word: string): void {
  if (TAKEN.has(word)) {
    throw new UsageError(
      `${capitalised(withArticle(what))} cannot be called ${word}: the word is taken in the code. Choose another name.`,
    );
  }
}

/** Asks PostgreSQL's own parser, which knows all its reserved words. */
async function checkSql(what: string, name: string): Promise<void> {
  const { loadModule, parseSync } = await import("libpg-query");
  await loadModule();
  try {
    parseSync(`select from ${name}.${name}`);
    parseSync(`create table ${name}.${name} (${name} text)`);
  } catch {
    throw new UsageError(
      `${capitalised(withArticle(what))} cannot be called ${name}: it is a reserved word in SQL. Choose another name.`,
    );
  }
}

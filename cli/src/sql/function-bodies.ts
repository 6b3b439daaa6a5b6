import { parsePlpgsql, skipBlank, type Tree } from "./parse.ts";
import { touchInnerText, type Walk } from "./relations.ts";
import { isTree, nameInText, namesOf, textOf, treesOfKind, unwrap } from "./tree.ts";

/** Adds what the body of a function, or of a DO block, touches. A body in BEGIN ATOMIC is part of the tree already. */
export function bodyTouches(walk: Walk, kind: string, node: Tree): void {
  const options = treesOfKind(node[kind === "DoStmt" ? "args" : "options"], "DefElem");
  const option = (name: string) => options.find(({ defname }) => defname === name);
  const language = stringOf(option("language")?.arg) ?? (kind === "DoStmt" ? "plpgsql" : "sql");
  const body = bodyOf(option("as")?.arg);
  if (body === null) return;
  const before = walk.touches.length;
  const found = walk.text.indexOf(body);
  const start = walk.start + Math.max(0, found);
  // An escaped body is not in the text as it is; then the statement is the place.
  const place = (index: number) => (found === -1 ? walk.start : start + index);
  if (language === "sql") {
    if (!touchInnerText(walk, body, place)) walk.dynamic.push({ what: "a function's body", index: start });
  } else if (language === "plpgsql") {
    plpgsqlTouches(walk, body, place);
  } else if (language !== "internal" && language !== "c") {
    walk.dynamic.push({ what: `a function in ${language}`, index: start });
  }
  const inBody = walk.touches.splice(before).map((touch) => ({ ...touch, inBody: true as const }));
  walk.touches.push(...inBody);
}

function bodyOf(argument: unknown): string | null {
  return namesOf(unwrap(argument, "List")?.items)[0] ?? stringOf(argument);
}

function stringOf(argument: unknown): string | null {
  return textOf(unwrap(argument, "String")?.sval);
}

/** The parser of plpgsql keeps the SQL inside as texts, without their places; they are looked for in order. */
function plpgsqlTouches(walk: Walk, body: string, place: (index: number) => number): void {
  const tree = parsePlpgsql(walk.text);
  if (tree === null) {
    walk.dynamic.push({ what: "a function's body", index: place(0) });
    return;
  }
  const lines = [0, ...[...body.matchAll(/\n/g)].map(({ index }) => index + 1)];
  let line = 1;
  visit(tree);

  /** SELECT … INTO comes without its INTO and PERFORM as SELECT; what is not found is placed at its line. */
  function placeOf(query: string): { at: number; isExact: boolean } {
    const from = lines[line - 1] ?? 0;
    for (const written of [query, query.replace(/^SELECT/, "")]) {
      const index = body.indexOf(written, from);
      if (index !== -1) return { at: index - (query.length - written.length), isExact: true };
    }
    return { at: skipBlank(body, from), isExact: false };
  }

  function visit(value: unknown): void {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
    } else if (isTree(value)) {
      if (typeof value.lineno === "number") line = value.lineno;
      for (const [key, child] of Object.entries(value)) visitEntry(key, child);
    }
  }

  function visitEntry(key: string, child: unknown): void {
    if (key === "PLpgSQL_expr" && isTree(child)) {
      touchExpression(String(child.query), Number(child.parseMode ?? 0));
    } else if (key === "PLpgSQL_type" && isTree(child)) {
      touchDeclaredType(String(child.typname));
    } else if ((key === "PLpgSQL_stmt_dynexecute" || key === "PLpgSQL_stmt_dynfors") && isTree(child)) {
      line = Number(child.lineno ?? line);
      touchDynamic(child.query);
      visit({ ...child, query: undefined });
    } else if (key === "dynquery") {
      touchDynamic(child);
    } else {
      visit(child);
    }
  }

  function touchExpression(query: string, mode: number): void {
    const { at, isExact } = placeOf(query);
    const { text, added } = asStatement(query, mode);
    const known = touchInnerText(walk, text, (index) =>
      place(isExact ? at + Math.max(0, index - added) : at),
    );
    if (!known) walk.dynamic.push({ what: "an expression of a function", index: place(at) });
  }

  function touchDeclaredType(written: string): void {
    const [, name = "", of] = /^(.*?)\s*(?:%\s*(rowtype|type))?$/i.exec(written) ?? [];
    const named = nameInText(name) ?? nameInText(name.replace(/\s*[([].*$/, ""));
    if (named?.schema == null) return;
    const kind = of === undefined ? "type" : "relation";
    // `catalog.products.sku%type`: the last word is a column.
    const [schema, table, column] = name.split(".");
    const touched = column === undefined ? named : { schema: schema as string, name: table as string };
    walk.touches.push({ kind, access: "read", index: place(placeOf(written).at), ...touched });
  }

  /** What is known of EXECUTE: a constant is a statement as any other, and format()'s pattern nearly so. */
  function touchDynamic(expression: unknown): void {
    const query = String(unwrap(expression, "PLpgSQL_expr")?.query ?? "");
    const { at } = placeOf(query);
    const constant = firstConstant(query);
    if (constant !== null && touchInnerText(walk, constant.text, () => place(at)) && constant.whole) return;
    walk.dynamic.push({ what: "EXECUTE of a text that is made at run time", index: place(at) });
  }
}

/** How PostgreSQL reads the expressions of plpgsql: whole statements, expressions, and assignments (3 to 5). */
function asStatement(query: string, mode: number): { text: string; added: number } {
  if (mode === 0) return { text: query, added: 0 };
  const prefix = "SELECT ";
  if (mode < 3) return { text: prefix + query, added: prefix.length };
  const target = /^[^=]*?:?=/.exec(query)?.[0] ?? "";
  return { text: `${prefix}${" ".repeat(target.length)}${query.slice(target.length)}`, added: prefix.length };
}

function firstConstant(query: string): { text: string; whole: boolean } | null {
  const literal = String.raw`(?:'((?:[^']|'')*)'|(\$\w*\$)([\s\S]*?)\2)`;
  const plain = new RegExp(`^\\s*${literal}\\s*$`).exec(query);
  if (plain !== null) return { text: plain[1]?.replaceAll("''", "'") ?? (plain[3] as string), whole: true };
  const format = new RegExp(String.raw`^\s*(?:pg_catalog\.)?format\s*\(\s*${literal}`, "i").exec(query);
  if (format === null) return null;
  const pattern = format[1]?.replaceAll("''", "'") ?? (format[3] as string);
  const filled = pattern.replace(/%(?:\d+\$)?([ILs%])/g, (_, kind: string) =>
    kind === "L" ? "null" : kind === "%" ? "%" : "_",
  );
  return { text: filled, whole: false };
}

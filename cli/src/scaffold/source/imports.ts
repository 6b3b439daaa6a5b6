import type { Node } from "oxc-parser";
import { compareImports, type Import, importLine, plain } from "./import-lines.ts";
import { insertAt } from "./insert.ts";
import { syntaxOf } from "./syntax.ts";

export { type Import, importLines } from "./import-lines.ts";

/** Adds what is imported, unless it is: to the statement that imports from there already, or as a new one in its place. */
export function addImport(file: string, text: string, added: Import): string {
  const statements = syntaxOf(file, text).body.filter((each) => each.type === "ImportDeclaration");
  const known = statements.filter(({ source }) => source.value === added.from);
  const missing = (added.names ?? []).filter((name) => !known.some((each) => imports(each, plain(name))));
  const wantsDefault = added.default !== undefined && !known.some((each) => hasDefault(each));
  if (missing.length === 0 && !wantsDefault) return text;

  const open = known.find(
    (each) =>
      each.importKind !== "type" && each.specifiers.every(({ type }) => type !== "ImportNamespaceSpecifier"),
  );
  if (open !== undefined && !wantsDefault) {
    const names = open.specifiers.flatMap((each) =>
      each.type === "ImportSpecifier" ? [text.slice(each.start, each.end)] : [],
    );
    const own = open.specifiers.find((each) => each.type === "ImportDefaultSpecifier")?.local.name;
    const line = importLine({
      from: added.from,
      names: [...names, ...missing],
      ...(own === undefined ? {} : { default: own }),
    });
    return text.slice(0, open.start) + line + text.slice(open.end);
  }
  const line = importLine({ ...added, names: missing });
  const next = statements.find((each) => compareImports(added, { from: each.source.value }) < 0);
  if (next !== undefined) return insertAt(text, next.start, `${line}\n`);
  const last = statements.at(-1);
  return last === undefined ? `${line}\n\n${text}` : insertAt(text, last.end, `\n${line}`);
}

type ImportDeclaration = Extract<Node, { type: "ImportDeclaration" }>;

function imports(statement: ImportDeclaration, name: string): boolean {
  return (
    statement.importKind !== "type" &&
    statement.specifiers.some(
      (each) => each.type === "ImportSpecifier" && each.importKind !== "type" && each.local.name === name,
    )
  );
}

function hasDefault(statement: ImportDeclaration): boolean {
  return statement.specifiers.some(({ type }) => type === "ImportDefaultSpecifier");
}

import { mightHoldSql, sqlFactsOf } from "../../src/check/sql/source-facts.ts";
import { sqlViolations } from "../../src/check/sql/source-rules.ts";
import { readSyntaxTree } from "../../src/check/syntax-tree.ts";
import type { Violation } from "../../src/check/violation.ts";
import { loadSqlParser } from "../../src/sql/parse.ts";

await loadSqlParser();

const PUBLISHING = `
export const catalog = contract("catalog", {
  productListing: view({ view: "product_listing", row: {} }),
  priceList: view({ view: "price_list", row: {} }),
});`;
const READING = "export const definition = define(ordering, { reads: [catalog.productListing] });";

/** What the rules say of a source file of module ordering, which reads one of the two views that catalog publishes. */
export function judgeSource(source: string): Violation[] {
  return sqlViolations([
    {
      ...empty,
      module: "ordering",
      reads: ["catalog"],
      sources: [fileOf("definition.ts", READING), fileOf("use.ts", source)],
    },
    { ...empty, module: "catalog", sources: [fileOf("contract.ts", PUBLISHING)] },
    { ...empty, module: "billing" },
  ]).filter(({ file }) => file === "use.ts");
}

const empty = { directory: "", reads: [], sources: [], migrations: [] };

function fileOf(path: string, source: string) {
  const program = () => readSyntaxTree(path, source).program;
  // A file that is not looked at says nothing, as in the check itself.
  const facts = mightHoldSql(source) ? sqlFactsOf({ source, program }) : null;
  return { path, facts: facts ?? { statements: [], reads: [], publishes: [] } };
}

/** In short, with the text at the place of each: `sql-foreign-schema catalog.products`. */
export function found(source: string): string[] {
  const lines = source.split("\n");
  return judgeSource(source).map(({ rule, line, column }) => {
    const rest = lines[line - 1]!.slice(column - 1);
    return `${rule} ${/^(?:[\w.]+|\S)/.exec(rest)?.[0] ?? ""}`;
  });
}

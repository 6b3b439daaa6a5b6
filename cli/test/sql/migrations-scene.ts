import { migrationFactsOf, SETTLED } from "../../src/check/sql/migration-facts.ts";
import { migrationViolations } from "../../src/check/sql/migration-violations.ts";
import { sqlFactsOf } from "../../src/check/sql/source-facts.ts";
import { readSyntaxTree } from "../../src/check/syntax-tree.ts";
import type { Violation } from "../../src/check/violation.ts";
import { loadSqlParser } from "../../src/sql/parse.ts";

await loadSqlParser();

/** The files of a module called lab: migrations by their names, and its code. */
export interface LabFiles {
  readonly migrations: Readonly<Record<string, string>>;
  readonly source?: string;
  readonly settled?: string;
  readonly others?: readonly string[];
}

/** What the rules say of a module's migrations, beside other modules of the given names. */
export function judge({ migrations, source = "", settled, others = ["catalog"] }: LabFiles): Violation[] {
  const files = Object.entries({ ...migrations, ...(settled === undefined ? {} : { [SETTLED]: settled }) });
  const facts = sqlFactsOf({ source, program: () => readSyntaxTree("src/use.ts", source).program });
  const empty = { directory: "", reads: [], sources: [], migrations: [] };
  return migrationViolations([
    {
      ...empty,
      module: "lab",
      sources: facts === null ? [] : [{ path: "src/use.ts", facts }],
      migrations: files.map(([name, text]) => ({
        path: `migrations/${name}`,
        facts: migrationFactsOf({ source: text, path: `migrations/${name}`, module: "lab" }),
      })),
    },
    ...others.map((module) => ({ ...empty, module })),
  ]);
}

/** The rules that the last of some files breaks, where each file is a migration of its own. */
export function rulesBroken(...files: readonly string[]): string[] {
  const names = files.map((_, index) => `${String(index + 1).padStart(4, "0")}_step.sql`);
  const migrations = Object.fromEntries(files.map((text, index) => [names[index]!, text]));
  const last = `migrations/${names.at(-1)}`;
  return judge({ migrations })
    .filter(({ file }) => file === last)
    .map(({ rule }) => rule);
}

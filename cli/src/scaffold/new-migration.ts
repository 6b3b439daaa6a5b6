import { readdirSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../exit-code.ts";
import type { Project } from "../project/project.ts";
import type { Change } from "./change.ts";
import { Draft } from "./draft.ts";
import { addRow } from "./edits/readme.ts";
import { moduleNamed } from "./layout.ts";

export interface NewMigration {
  readonly module: string;
  /** As `readTitle` gives it: `add_gift_note`. */
  readonly title: string;
  /** The table that gets a column, checked as a name. */
  readonly table?: string;
}

/** The next migration of a module, with a start that a rolling deploy bears. */
export function newMigration(project: Project, { module, title, table }: NewMigration): Change[] {
  const { directory } = moduleNamed(project, module);
  const draft = new Draft(project);
  const numbers = numbersIn(join(project.root, directory, "migrations"));
  const number = String(Math.max(0, ...numbers) + 1).padStart(4, "0");
  if (number.length > 4) throw new UsageError(`${module} has used all numbers of migrations.`);
  const created = /^create_([a-z0-9_]+)$/.exec(title)?.[1];
  const sql =
    created !== undefined
      ? createTable(module, created)
      : table !== undefined
        ? addColumn(module, table, title)
        : reminder(module, title);
  draft.create(`${directory}/migrations/${number}_${title}.sql`, sql);
  if (created !== undefined) {
    draft.edit(`${directory}/README.md`, (text) =>
      addRow(text, {
        key: "table",
        section: "Tables",
        cells: { table: `\`${created}\``, holds: `One row for each of the ${created.replaceAll("_", " ")}.` },
      }),
    );
  }
  return draft.changes();
}

function numbersIn(directory: string): number[] {
  try {
    return readdirSync(directory)
      .map((name) => Number(/^(\d{4})_/.exec(name)?.[1] ?? 0))
      .filter((number) => number > 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function createTable(module: string, table: string): string {
  return `create table ${module}.${table} (
  id uuid primary key,
  created_at timestamptz not null
);
`;
}

function addColumn(module: string, table: string, title: string): string {
  return `-- It may be null: while this is deployed, and after a roll-back, instances write rows that do not know it.
alter table ${module}.${table} add column ${columnOf(title)} text;
`;
}

function reminder(module: string, title: string): string {
  return `-- ${title.replaceAll("_", " ")}
--
-- Instances of the release before go on beside this one while it is deployed, and alone after a roll-back. So what they read
-- and write stays: a new column may be null or has a constant default; what is dropped or renamed is no longer used by the
-- release before; an index on a table with rows is made by "create index concurrently", in a file of its own that begins with
-- "-- ashlar: no transaction". Such as:
--
-- alter table ${module}.things add column ${columnOf(title)} text;
`;
}

const columnOf = (title: string) => title.replace(/^add_/, "").replace(/_(?:to|on)_.*$/, "");

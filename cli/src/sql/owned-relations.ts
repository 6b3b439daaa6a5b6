import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadSqlParser, type ParsedStatement, parseSql } from "./parse.ts";
import {
  isTree,
  namesOf,
  type QualifiedName,
  qualified,
  relationOf,
  textOf,
  treesOf,
  unwrap,
} from "./tree.ts";

export interface OwnedRelations {
  readonly tables: readonly string[];
  /** Materialized ones too. */
  readonly views: readonly string[];
}

/** The tables and views that a module's migrations leave behind, sorted, without the schema. */
export async function ownedRelations(migrationsDirectory: string): Promise<OwnedRelations> {
  const texts = await readMigrationTexts(migrationsDirectory);
  if (texts.length === 0) return { tables: [], views: [] };
  await loadSqlParser();
  const owned = new Map<string, "table" | "view">();
  for (const text of texts) {
    for (const statement of parseSql(text).statements) applyTo(owned, statement);
  }
  const named = (wanted: string) =>
    [...owned].flatMap(([name, kind]) => (kind === wanted ? [name] : [])).sort();
  return { tables: named("table"), views: named("view") };
}

/** The tables that a module's migrations leave behind, sorted, without the schema. */
export async function ownedTables(migrationsDirectory: string): Promise<readonly string[]> {
  return (await ownedRelations(migrationsDirectory)).tables;
}

async function readMigrationTexts(directory: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const files = names.filter((name) => name.endsWith(".sql") && !name.startsWith(".")).sort();
  return await Promise.all(files.map((name) => readFile(join(directory, name), "utf8")));
}

function applyTo(owned: Map<string, "table" | "view">, { kind, node }: ParsedStatement): void {
  const relation = relationOf(node.relation);
  switch (kind) {
    case "CreateStmt":
      if (relation !== null && !isTemporary(node.relation)) owned.set(relation.name, "table");
      break;
    case "ViewStmt": {
      const view = relationOf(node.view);
      if (view !== null && !isTemporary(node.view)) owned.set(view.name, "view");
      break;
    }
    case "CreateTableAsStmt": {
      const into = isTree(node.into) ? node.into.rel : null;
      const made = relationOf(into);
      if (made === null || isTemporary(into)) break;
      owned.set(made.name, node.objtype === "OBJECT_MATVIEW" ? "view" : "table");
      break;
    }
    case "RenameStmt": {
      const renamed = relation === null ? undefined : owned.get(relation.name);
      const newName = textOf(node.newname);
      if (renamed === undefined || newName === null || !RELATIONS.has(String(node.renameType))) break;
      owned.delete((relation as QualifiedName).name);
      owned.set(newName, renamed);
      break;
    }
    case "AlterObjectSchemaStmt":
      if (relation !== null) owned.delete(relation.name);
      break;
    case "DropStmt":
      if (!RELATIONS.has(String(node.removeType))) break;
      for (const item of treesOf(node.objects)) {
        const name = qualified(namesOf(unwrap(item, "List")?.items));
        if (name !== null) owned.delete(name.name);
      }
      break;
  }
}

const RELATIONS = new Set(["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE"]);

function isTemporary(relation: unknown): boolean {
  return isTree(relation) && relation.relpersistence === "t";
}

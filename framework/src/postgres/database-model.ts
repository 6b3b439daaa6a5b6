import { DatabaseError } from "./errors.ts";
import { checkAppName, checkModuleName } from "./roles.ts";

/** What the database must know of one module. */
export interface DatabaseModule {
  /** Also the name of its schema. */
  readonly name: string;
  /** Directory of its numbered SQL files; a module without tables has none. */
  readonly migrations: string;
  /** Its views that other modules may be granted. */
  readonly publishes: readonly string[];
  /** The published views of other modules that it reads. */
  readonly reads: readonly { readonly module: string; readonly view: string }[];
}

export interface DatabaseModel {
  readonly app: string;
  readonly modules: readonly DatabaseModule[];
}

/** Throws ASHLAR_DATABASE_MODEL_INVALID listing everything that PostgreSQL could not be given. */
export function checkDatabaseModel(model: DatabaseModel): void {
  checkAppName(model.app);
  const faults: string[] = [];
  const byName = new Map<string, DatabaseModule>();
  for (const module of model.modules) {
    checkModuleName(module.name);
    if (byName.has(module.name)) faults.push(`two modules are called ${module.name}; rename one`);
    if (isReserved(module.name)) {
      faults.push(`module ${module.name} has a name that PostgreSQL keeps for itself; rename it`);
    }
    byName.set(module.name, module);
  }
  for (const module of model.modules) {
    for (const view of module.publishes) {
      if (!/^[a-z][a-z0-9_]{0,62}$/.test(view)) {
        faults.push(`module ${module.name} publishes "${view}", which is not a plain lower-case view name`);
      }
    }
    for (const { module: owner, view } of module.reads) {
      if (owner === module.name || byName.get(owner)?.publishes.includes(view) === true) continue;
      faults.push(
        `module ${module.name} reads ${owner}.${view}, which ${owner} does not publish; ` +
          `publish the view in ${owner} or remove the read`,
      );
    }
  }
  if (faults.length > 0) {
    throw new DatabaseError(
      "ASHLAR_DATABASE_MODEL_INVALID",
      `The modules cannot be laid out in one database:\n${faults.map((fault) => `- ${fault}`).join("\n")}`,
    );
  }
}

function isReserved(name: string): boolean {
  return name === "public" || name === "information_schema" || name.startsWith("pg_");
}

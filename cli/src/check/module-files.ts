import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";

/** The files of one module that matter here, relative to the root, sorted. */
export interface ModuleFiles {
  readonly sources: readonly string[];
  readonly migrations: readonly string[];
  readonly tsconfigs: readonly string[];
  /** Packages inside of the package, whose files the walls would not count to the module. */
  readonly manifests: readonly string[];
  /** Symbolic links, which are not followed. */
  readonly links: readonly string[];
}

const SOURCE = /\.[cm]?[jt]sx?$/;

/** Lists a module's folder without following links or looking into node_modules. */
export function filesOf(root: string, directory: string): ModuleFiles {
  const found = { sources: [], migrations: [], tsconfigs: [], manifests: [], links: [] } as Record<
    keyof ModuleFiles,
    string[]
  >;
  const visit = (folder: string): void => {
    for (const entry of entriesOf(join(root, folder))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isSymbolicLink()) found.links.push(path);
      else if (entry.isDirectory()) {
        if (entry.name !== "node_modules" && !entry.name.startsWith(".")) visit(path);
      } else if (SOURCE.test(entry.name)) found.sources.push(path);
      else if (/^tsconfig.*\.json$/.test(entry.name)) found.tsconfigs.push(path);
      else if (entry.name === "package.json" && folder !== directory) found.manifests.push(path);
      else if (folder === `${directory}/migrations` && /^(?:.*\.sql|\.settled)$/.test(entry.name)) {
        found.migrations.push(path);
      }
    }
  };
  visit(directory);
  return found;
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Tests may open what the module itself may not: a driver, a server, the environment. */
export function isTest(directory: string, path: string): boolean {
  return path.startsWith(`${directory}/test/`);
}

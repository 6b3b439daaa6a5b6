import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";

/** A workspace package as the walls see it. */
export interface WorkspacePackage {
  readonly name: string;
  readonly root: string;
  /** False for hosts, the framework, scripts: they stand outside the walls and may compose modules. */
  readonly isModule: boolean;
  /** The file that `exports` gives to others; null when a module forgot it, and then nothing of it is open. */
  readonly contract: string | null;
  /** Names under `dependencies` in package.json: the modules that this one may import. */
  readonly dependencies: ReadonlySet<string>;
}

// One entry a directory: a resolution costs a look-up, not a walk up the file system.
const byDirectory = new Map<string, WorkspacePackage | null>();

/**
 * The workspace package that a file in `directory` belongs to, or null for installed packages and files outside
 * any package. A module is a package that lies directly in a folder called `modules`.
 */
export function packageOf(directory: string): WorkspacePackage | null {
  const known = byDirectory.get(directory);
  if (known !== undefined) return known;
  const found = find(directory);
  byDirectory.set(directory, found);
  return found;
}

function find(directory: string): WorkspacePackage | null {
  if (`${directory}${sep}`.includes(`${sep}node_modules${sep}`)) return null;
  const file = join(directory, "package.json");
  if (existsSync(file)) return read(directory, file);
  const parent = dirname(directory);
  return parent === directory ? null : packageOf(parent);
}

function read(root: string, file: string): WorkspacePackage {
  return workspacePackage(root, JSON.parse(readFileSync(file, "utf8")));
}

/** What of a package.json the walls look at. */
export interface PackageManifest {
  readonly name?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The package in the folder `root`, as its manifest makes it. */
export function workspacePackage(root: string, manifest: PackageManifest): WorkspacePackage {
  const open = (manifest.exports as { "."?: unknown } | undefined)?.["."];
  return {
    name: manifest.name ?? basename(root),
    root,
    isModule: basename(dirname(root)) === "modules",
    contract: typeof open === "string" ? join(root, open) : null,
    dependencies: new Set(Object.keys(manifest.dependencies ?? {})),
  };
}

/** True for the contract file and all that lies beside and below it: a contract may be split over files. */
export function isInContract(file: string, owner: WorkspacePackage): boolean {
  if (owner.contract === null) return false;
  const folder = dirname(owner.contract);
  return file === owner.contract || (folder !== owner.root && file.startsWith(folder + sep));
}

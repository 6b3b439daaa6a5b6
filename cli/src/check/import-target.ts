import { lstatSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Place, WorkspacePackage } from "ashlar/boundary";
import type { ImportFact } from "./file-facts.ts";
import type { ModuleFacts, ProjectFacts } from "./project-facts.ts";
import { aliased } from "./tsconfig.ts";

/** Where an import ends. */
export type ImportTarget =
  /** A file of the workspace, by its place. */
  | { readonly in: "workspace"; readonly place: Place; readonly specifier: string }
  /** A package that npm installed, or a part of Node. */
  | { readonly in: "package"; readonly name: string; readonly specifier: string; readonly isByPath: boolean }
  | { readonly in: "node"; readonly specifier: string }
  /** Not to be known without running the file. */
  | { readonly in: "unknown" };

/** Follows imports as Node and the compiler would, without asking whether the file at the end is there. */
export class ImportTargets {
  readonly #project: ProjectFacts;
  // The longest folder first, so that the first that fits is the innermost.
  readonly #packages: readonly WorkspacePackage[];
  readonly #byName: ReadonlyMap<string, WorkspacePackage>;
  readonly #roots: ReadonlySet<string>;
  readonly #owners = new Map<string, WorkspacePackage | null>();
  readonly #links = new Map<string, WorkspacePackage | null>();
  readonly #aliases = new Map<ModuleFacts, ReturnType<ProjectFacts["tsconfigs"]["aliasesOf"]>>();

  constructor(project: ProjectFacts) {
    this.#project = project;
    this.#packages = project.packages.toSorted((one, other) => other.root.length - one.root.length);
    this.#byName = new Map(project.packages.map((each) => [each.name, each]));
    this.#roots = new Set(project.packages.map(({ root }) => root));
  }

  of(module: ModuleFacts, path: string, { specifier, isWhole }: ImportFact): ImportTarget {
    const from = dirname(join(this.#project.root, path));
    return isWhole ? this.#whole(module, from, specifier, 0) : this.#beginning(from, specifier);
  }

  /** The innermost package around an absolute path; null outside of the project. */
  ownerOf(path: string): WorkspacePackage | null {
    // The folder of a package is its own, and what lies beside it is not.
    const folder = this.#roots.has(path) ? path : dirname(path);
    const known = this.#owners.get(folder);
    if (known !== undefined) return known;
    const inside = `${folder}${sep}`;
    const found = this.#packages.find(({ root }) => inside.startsWith(root + sep)) ?? null;
    this.#owners.set(folder, found);
    return found;
  }

  #whole(module: ModuleFacts, from: string, specifier: string, depth: number): ImportTarget {
    if (isPath(specifier)) return this.#path(pathOf(from, specifier), specifier);
    if (isBuiltin(specifier)) return { in: "node", specifier };
    // Aliases may lead to aliases, and a circle of them to nowhere.
    if (depth > 8) return { in: "unknown" };
    if (specifier.startsWith("#")) {
      const found = aliased(specifier, module.packageJson.value.imports ?? {});
      const targets =
        found === null ? [] : targetsOf(found.target).map((each) => each.replaceAll("*", found.star));
      return this.#worst(targets.map((each) => this.#whole(module, module.package.root, each, depth + 1)));
    }
    const name = packageName(specifier);
    const named = this.#byName.get(name) ?? this.#linked(module, name);
    if (named !== null) return this.#named(named, name, specifier);
    const alias = aliased(specifier, this.#aliasesOf(module)?.targets ?? {});
    if (alias !== null) {
      const targets = alias.target.map((each) => this.#path(each.replaceAll("*", alias.star), specifier));
      return this.#worst(targets);
    }
    return { in: "package", name, specifier, isByPath: false };
  }

  /** What is known of the beginning may tell where it leads; a hole is taken not to climb out of a folder again. */
  #beginning(from: string, specifier: string): ImportTarget {
    if (isPath(specifier)) {
      const folder = pathOf(from, specifier.slice(0, specifier.lastIndexOf("/") + 1));
      const owner = this.ownerOf(join(folder, "*"));
      return owner?.isModule === true && !`${from}${sep}`.startsWith(owner.root + sep)
        ? { in: "workspace", place: { file: join(folder, "*"), package: owner }, specifier: `${specifier}…` }
        : { in: "unknown" };
    }
    const name = packageName(specifier);
    const named = this.#byName.get(name);
    return named?.isModule === true && specifier.startsWith(`${name}/`)
      ? this.#named(named, name, `${specifier}…`)
      : { in: "unknown" };
  }

  #path(file: string, specifier: string): ImportTarget {
    if (!file.includes(`${sep}node_modules${sep}`)) return this.#inWorkspace(file, specifier);
    // Past the installed name, to where its link leads.
    const real = realPath(file);
    if (!real.includes(`${sep}node_modules${sep}`)) return this.#inWorkspace(real, specifier);
    const inside = file.slice(file.lastIndexOf(`${sep}node_modules${sep}`) + "/node_modules/".length);
    return { in: "package", name: packageName(inside.split(sep).join("/")), specifier, isByPath: true };
  }

  #inWorkspace(file: string, specifier: string): ImportTarget {
    const owner = this.ownerOf(file) ?? this.#outside();
    return { in: "workspace", place: { file, package: owner }, specifier };
  }

  #named(found: WorkspacePackage, name: string, specifier: string): ImportTarget {
    const inside = specifier.slice(name.length + 1);
    const file = inside === "" ? (found.contract ?? found.root) : join(found.root, inside);
    return { in: "workspace", place: { file, package: found }, specifier };
  }

  /** A package of another name whose folder in node_modules is a link into the workspace. */
  #linked(module: ModuleFacts, name: string): WorkspacePackage | null {
    for (const root of [module.package.root, this.#project.root]) {
      const path = join(root, "node_modules", name);
      let found = this.#links.get(path);
      if (found === undefined) {
        const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
        const owner = isLink ? this.ownerOf(realPath(path)) : null;
        // Whatever lies outside of all packages belongs to the root, and is no package of the workspace.
        found = owner?.root === this.#project.root ? null : owner;
        this.#links.set(path, found);
      }
      if (found !== null) return found;
    }
    return null;
  }

  #aliasesOf(module: ModuleFacts) {
    let found = this.#aliases.get(module);
    if (found === undefined) {
      found = this.#project.tsconfigs.aliasesOf(`${module.directory}/tsconfig.json`);
      this.#aliases.set(module, found);
    }
    return found;
  }

  /** Of several possible targets the one that a rule may refuse. */
  #worst(targets: readonly ImportTarget[]): ImportTarget {
    const rank = (target: ImportTarget) =>
      target.in === "workspace" ? (target.place.package.isModule ? 0 : 2) : target.in === "package" ? 1 : 3;
    return targets.toSorted((one, other) => rank(one) - rank(other))[0] ?? { in: "unknown" };
  }

  #outside(): WorkspacePackage {
    const { name } = this.#project;
    return {
      name: `the machine, outside of ${name}`,
      root: sep,
      isModule: false,
      contract: null,
      dependencies: new Set(),
    };
  }
}

export function isPath(specifier: string): boolean {
  return /^(?:\.{1,2}(?:\/|$)|\/|file:)/.test(specifier);
}

/** `@shop/catalog` of `@shop/catalog/src/price.ts`. */
export function packageName(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

function pathOf(from: string, specifier: string): string {
  if (specifier.startsWith("file:")) {
    try {
      return fileURLToPath(specifier);
    } catch {
      return specifier;
    }
  }
  return resolve(from, specifier.replace(/[?#].*$/, ""));
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // Of a file that is not there, its folder still may be a link.
    const folder = dirname(file);
    return folder === file ? file : join(realPath(folder), file.slice(folder.length));
  }
}

/** All that an entry of `imports` may mean, whatever the conditions. */
function targetsOf(entry: unknown): string[] {
  if (typeof entry === "string") return [entry];
  return typeof entry === "object" && entry !== null ? Object.values(entry).flatMap(targetsOf) : [];
}

import { isInContract, type WorkspacePackage } from "./package-of.ts";

/** One import that crosses a wall between modules. `remedy` says what to do instead. */
export interface Trespass {
  readonly rule: "internals" | "undeclared" | "by-path" | "contract-to-contract" | "contract-to-internals";
  /** The importing package and the imported one, by name. */
  readonly from: string;
  readonly to: string;
  /** What happened, naming both. */
  readonly what: string;
  readonly remedy: string;
}

export interface Place {
  readonly file: string;
  readonly package: WorkspacePackage;
}

/**
 * The rules between modules, for the import of the file `to` as `specifier` by the file `from`; null when it is
 * allowed. Packages that are not modules (hosts) may import anything: composing modules is what they are for.
 */
export function trespassOf(from: Place, specifier: string, to: Place): Trespass | null {
  const importer = from.package;
  const target = to.package;
  if (!importer.isModule) return null;
  const names = { from: importer.name, to: target.name };
  const fromContract = isInContract(from.file, importer);

  if (importer.root === target.root) {
    if (!fromContract || isInContract(to.file, target)) return null;
    return {
      ...names,
      rule: "contract-to-internals",
      what: `the contract of ${importer.name} imports its own module's internals`,
      remedy:
        "A contract stands alone: declare what it needs in the contract's folder and let src import that.",
    };
  }
  if (target.isModule && to.file !== target.contract) {
    return {
      ...names,
      rule: "internals",
      what: `${importer.name} imports internals of ${target.name}`,
      remedy:
        target.contract === null
          ? `${target.name} opens nothing: give its package.json "exports": { ".": "./contract/index.ts" }.`
          : `Import "${target.name}", its contract; what is missing there must be added there.`,
    };
  }
  if (isPath(specifier)) {
    return {
      ...names,
      rule: "by-path",
      what: `${importer.name} imports a file of ${target.name} by its path`,
      remedy: `Import it by the package's name, "${target.name}…", so that what the package opens is what is used.`,
    };
  }
  if (!target.isModule) return null;
  if (fromContract) {
    return {
      ...names,
      rule: "contract-to-contract",
      what: `the contract of ${importer.name} imports the contract of ${target.name}`,
      remedy:
        "Contracts stand alone, or carving one module out would drag the other along: repeat the schema, or pass an id.",
    };
  }
  if (!importer.dependencies.has(target.name)) {
    return {
      ...names,
      rule: "undeclared",
      what: `${importer.name} imports ${target.name} without declaring it`,
      remedy: `Add "${target.name}" to dependencies in package.json of ${importer.name}, to paths in its tsconfig.json and to uses in src/definition.ts; or publish an event.`,
    };
  }
  return null;
}

function isPath(specifier: string): boolean {
  return /^(?:\.|\/|file:)/.test(specifier);
}

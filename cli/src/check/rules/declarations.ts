import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../file-facts.ts";
import { packageName } from "../import-target.ts";
import type { ModuleFacts, ProjectFacts } from "../project-facts.ts";
import type { Violation } from "../violation.ts";

/** What a module says of itself in package.json, tsconfig.json and its definition, each alone and all together. */
export function declarationViolations(project: ProjectFacts): Violation[] {
  return project.modules.flatMap((module) => [
    ...exportViolations(module),
    ...nameViolations(module),
    ...agreementViolations(module, project),
    ...unusedModules(module, project),
    ...unusedPackages(module, project),
  ]);
}

/** Whatever `exports` opens would compile and run from anywhere. */
function exportViolations(module: ModuleFacts): Violation[] {
  const { packageJson, package: own } = module;
  const { exports } = packageJson.value;
  const opened = typeof exports === "object" && exports !== null ? Object.entries(exports) : [];
  const [name, target] = opened[0] ?? [];
  const isOpen = name === "." && own.contract !== null && join(own.root, String(target)) === own.contract;
  if (opened.length === 1 && isOpen && existsSync(own.contract!)) return [];
  return [
    {
      ...about(module, packageJson.path, packageJson.placeOf("exports")),
      rule: "exports",
      message: `${module.name} must export its contract and nothing else; it has ${JSON.stringify(exports ?? null)}.`,
      remedy: `Write "exports": { ".": "./contract/index.ts" }, with that file there; what others need belongs into it.`,
    },
  ];
}

/** Schema, roles, telemetry and messages go by the contract's name, people and tools by the folder's. */
function nameViolations(module: ModuleFacts): Violation[] {
  const folder = `${module.directory}/contract/`;
  return module.sources.flatMap(({ path, facts }) =>
    path.startsWith(folder)
      ? facts.contracts
          .filter(({ name }) => name !== module.module)
          .map((found) => ({
            ...about(module, path, found),
            rule: "contract-name",
            message: `the contract in ${module.directory} is called "${found.name}".`,
            remedy: `Call it "${module.module}", or rename the folder to ${found.name.replaceAll("_", "-")}: both go by one name.`,
          }))
      : [],
  );
}

/** A module names what it uses three times: for npm and the hook, for the compiler, and for the graph. */
function agreementViolations(module: ModuleFacts, project: ProjectFacts): Violation[] {
  const named: { readonly where: string; readonly names: ReadonlySet<string> }[] = [
    { where: `dependencies of ${module.packageJson.path}`, names: module.package.dependencies },
  ];
  const own = `${module.directory}/tsconfig.json`;
  const aliases = project.tsconfigs.aliasesOf(own);
  const scope = `${module.name.split("/")[0]}/*`;
  // Without an entry that refuses the scope there is nothing to open in it.
  if (aliases !== null && Object.hasOwn(aliases.targets, scope)) {
    named.push({ where: `paths of ${own}`, names: new Set(Object.keys(aliases.targets)) });
  }
  const uses = usesOf(module);
  // Whoever only subscribes imports the publisher's contract and calls nothing.
  if (uses !== null) {
    named.push({
      where: "uses or reads of its definition",
      names: new Set([...uses, ...subscribedBy(module)]),
    });
  }
  return project.modules.flatMap(({ name }) => {
    if (name === module.name) return [];
    const lacking = named.filter(({ names }) => !names.has(name));
    if (lacking.length === 0 || lacking.length === named.length) return [];
    return [
      {
        ...about(module, module.packageJson.path, module.packageJson.placeOf("dependencies", name)),
        rule: "declarations",
        message: `${module.name} does not name ${name} in ${lacking.map(({ where }) => where).join(" nor in ")}.`,
        remedy: "All these places must agree: add it there, or remove it from the others.",
      },
    ];
  });
}

/** A use that nobody makes ties two modules together for nothing. */
function unusedModules(module: ModuleFacts, project: ProjectFacts): Violation[] {
  const imported = importedBy(module, (path) => !definesModule(module, path));
  const read = new Set(declared(module, "reads").map((each) => each.package));
  const uses = usesOf(module);
  return project.modules.flatMap(({ name }) => {
    if (name === module.name || !module.package.dependencies.has(name)) return [];
    // Where the definition does not name it either, the declarations disagree, and that is told.
    if (imported.has(name) || read.has(name) || uses?.has(name) === false) return [];
    return [
      {
        ...about(module, module.packageJson.path, module.packageJson.placeOf("dependencies", name)),
        rule: "unused",
        message: `${module.name} declares ${name}, and no file of it imports or reads that.`,
        remedy: "Remove it from dependencies, from paths in tsconfig.json and from uses in the definition.",
      },
    ];
  });
}

/** Types of packages are used without a word. */
function unusedPackages(module: ModuleFacts, project: ProjectFacts): Violation[] {
  const imported = importedBy(module, () => true);
  const modules = new Set(project.modules.map(({ name }) => name));
  return Object.keys(module.packageJson.value.dependencies ?? {}).flatMap((name) => {
    if (name === "ashlar" || name.startsWith("@types/") || modules.has(name) || imported.has(name)) return [];
    return [
      {
        ...about(module, module.packageJson.path, module.packageJson.placeOf("dependencies", name)),
        rule: "unused",
        message: `${module.name} declares ${name}, and no file of it imports that.`,
        remedy: "Remove it from dependencies.",
      },
    ];
  });
}

/** The packages whose contracts are imported where the module subscribes to events. */
export function subscribedBy(module: ModuleFacts): readonly string[] {
  return module.sources.flatMap(({ facts, isTest }) =>
    facts.subscribes && !isTest
      ? facts.imports
          .map(({ specifier }) => packageName(specifier))
          .filter((name) => module.package.dependencies.has(name))
      : [],
  );
}

/** The packages in `uses` and `reads`; null when the module defines itself in a way that cannot be read. */
export function usesOf(module: ModuleFacts): ReadonlySet<string> | null {
  const all = [...declared(module, "uses"), ...declared(module, "reads")];
  const names = all.flatMap((each) => each.package ?? []);
  return names.length < all.length ? null : new Set(names);
}

export function declared(module: ModuleFacts, list: "uses" | "reads") {
  return module.sources.flatMap(({ facts, isTest }) =>
    isTest ? [] : facts.declares.filter((each) => each.list === list),
  );
}

function definesModule(module: ModuleFacts, path: string): boolean {
  const source = module.sources.find((each) => each.path === path);
  return source !== undefined && source.facts.declares.length > 0;
}

function importedBy(module: ModuleFacts, isCounted: (path: string) => boolean): ReadonlySet<string> {
  const aliases = Object.values(module.packageJson.value.imports ?? {});
  return new Set([
    ...module.sources
      .filter(({ path }) => isCounted(path))
      .flatMap(({ facts }) => facts.imports.map(({ specifier }) => packageName(specifier))),
    ...aliases.flatMap((each) => (typeof each === "string" ? packageName(each) : [])),
  ]);
}

function about(module: ModuleFacts, file: string, { line, column }: Place) {
  return { severity: "error", module: module.module, file, line, column } as const;
}

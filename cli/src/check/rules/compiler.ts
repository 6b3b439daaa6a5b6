import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { ImportTargets } from "../import-target.ts";
import type { JsonFile } from "../json-file.ts";
import type { ModuleFacts, ProjectFacts } from "../project-facts.ts";
import type { TsConfig } from "../tsconfig.ts";
import type { Violation } from "../violation.ts";

/** Tsconfigs that would let the compiler see what the walls keep apart, or not look at a module at all. */
export function compilerViolations(project: ProjectFacts): Violation[] {
  const targets = new ImportTargets(project);
  const compiled = project.tsconfigs.compiled();
  const isBuilt = project.tsconfigs.get("tsconfig.json") !== null;
  return project.modules.flatMap((module) => [
    ...module.tsconfigs.flatMap((file) => [
      ...referenceViolations(project, targets, module, file),
      ...scopeViolations(project, module, file),
    ]),
    ...pathViolations(project, targets, module),
    ...(isBuilt && !compiled.has(module.package.root) ? [notCompiled(module)] : []),
  ]);
}

/** A reference lets the compiler follow relative imports into the project that it names. */
function referenceViolations(
  project: ProjectFacts,
  targets: ImportTargets,
  module: ModuleFacts,
  file: JsonFile<TsConfig>,
): Violation[] {
  const folder = join(project.root, dirname(file.path));
  const ofContract = folder === join(module.package.root, "contract");
  return (file.value.references ?? []).flatMap(({ path }) => {
    const target = resolve(folder, path);
    const projectFolder = target.endsWith(".json") ? dirname(target) : target;
    const owner = targets.ownerOf(join(projectFolder, "tsconfig.json"));
    if (owner?.name === "ashlar" && (!ofContract || basename(projectFolder) === "contract")) return [];
    const isOwn = `${projectFolder}${sep}`.startsWith(module.package.root + sep);
    if (isOwn && (!ofContract || `${projectFolder}${sep}`.startsWith(folder + sep))) return [];
    return [
      {
        ...about(module, file, "references", path),
        rule: "references",
        message: `${ofContract ? "the contract of " : ""}${module.name} references the project ${shown(project, projectFolder)}, which opens its files.`,
        remedy:
          "Reference the framework's projects and the module's own contract; other modules are imported by name.",
      },
    ];
  });
}

/** Files of others that are compiled as the module's own may be imported like its own. */
function scopeViolations(project: ProjectFacts, module: ModuleFacts, file: JsonFile<TsConfig>): Violation[] {
  const folder = join(project.root, dirname(file.path));
  const lists = {
    include: file.value.include,
    files: file.value.files,
    rootDirs: file.value.compilerOptions?.rootDirs,
  };
  return Object.entries(lists).flatMap(([list, patterns = []]) =>
    patterns.flatMap((pattern) => {
      const [fixed = ""] = pattern.split("*");
      const target = resolve(folder, fixed);
      if (`${target}${sep}`.startsWith(module.package.root + sep)) return [];
      return [
        {
          ...about(module, file, list, pattern),
          rule: "include",
          message: `${module.name} compiles files of others as its own: "${pattern}" in ${list} leads to ${shown(project, target)}.`,
          remedy: "Compile the module's own folder only; other modules are imported by name.",
        },
      ];
    }),
  );
}

function pathViolations(project: ProjectFacts, targets: ImportTargets, module: ModuleFacts): Violation[] {
  const own = module.tsconfigs.find(({ path }) => path === `${module.directory}/tsconfig.json`);
  const aliases = own === undefined ? null : project.tsconfigs.aliasesOf(own.path);
  if (own === undefined || aliases === null) return [];
  const scope = `${module.name.split("/")[0]}/*`;
  const opened = Object.entries(aliases.targets).flatMap(([alias, files]) =>
    files.flatMap((file) => {
      const owner = targets.ownerOf(join(file.split("*")[0]!, "*"));
      if (owner === null || !owner.isModule || owner.root === module.package.root) return [];
      if (file.includes(`${sep}node_modules${sep}`)) return [];
      return [
        {
          ...about(module, aliases.file, "paths", alias),
          rule: "paths",
          message: `"${alias}" in paths leads the compiler into ${owner.name}: ${shown(project, file)}.`,
          remedy: `Remove it, and import "${owner.name}" by its name: its contract.`,
        },
      ];
    }),
  );
  // Own paths replace the inherited ones, and with them the entry that refuses undeclared names.
  const isReplaced =
    aliases.file === own && !Object.hasOwn(aliases.targets, scope) && module.name.startsWith("@");
  if (!isReplaced) return opened;
  return [
    ...opened,
    {
      ...about(module, own, "paths"),
      rule: "paths",
      message: `${module.name} sets \`paths\` without "${scope}", so undeclared modules would compile.`,
      remedy: "Copy the entry from the tsconfig that it extends.",
    },
  ];
}

function notCompiled(module: ModuleFacts): Violation {
  const file = module.tsconfigs.find(({ path }) => path === `${module.directory}/tsconfig.json`);
  return {
    ...about(module, file ?? module.packageJson),
    rule: "not-compiled",
    message: `${module.name} is not compiled with the project.`,
    remedy: `Add { "path": "${module.directory}" } to references in the root's tsconfig.json.`,
  };
}

function shown(project: ProjectFacts, path: string): string {
  return relative(project.root, path).split(sep).join("/") || ".";
}

function about(module: ModuleFacts, file: Pick<JsonFile<unknown>, "path" | "placeOf">, ...words: string[]) {
  return { severity: "error", module: module.module, file: file.path, ...file.placeOf(...words) } as const;
}

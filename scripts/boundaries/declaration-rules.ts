import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { packageOf, type WorkspacePackage } from "../../framework/src/boundary/index.ts";
import { type ModuleWorkspace, place, type Violation } from "./workspace.ts";

interface TsConfig {
  readonly compilerOptions?: { readonly paths?: Readonly<Record<string, unknown>> };
  readonly references?: readonly { readonly path: string }[];
}

/** What package.json, tsconfig.json and src/definition.ts of the modules say, each alone and together. */
export function declarationViolations(workspace: ModuleWorkspace): Violation[] {
  return [
    ...workspace.modules.flatMap((module) => [
      ...exportViolations(module, workspace),
      ...agreementViolations(module, workspace),
      ...pathViolations(module, workspace),
      ...referenceViolations(module, workspace),
      ...rootViolations(module, workspace),
    ]),
    ...cycles(workspace),
  ];
}

/** References do not police package names: whatever `exports` opens would compile and run from anywhere. */
function exportViolations(module: WorkspacePackage, { root }: ModuleWorkspace): Violation[] {
  const file = join(module.root, "package.json");
  const { exports } = readJson(file) as { exports?: Record<string, unknown> };
  const opened = Object.keys(exports ?? {});
  if (opened.length === 1 && module.contract !== null && existsSync(module.contract)) return [];
  const message = `${module.name} must export its contract and nothing else: "exports": { ".": "./contract/index.ts" }; it has ${JSON.stringify(exports ?? null)}`;
  return [{ at: place(root, file), rule: "exports", message }];
}

/** A module names what it uses three times: for npm and the hook, for the compiler, and for the graph. */
function agreementViolations(module: WorkspacePackage, workspace: ModuleWorkspace): Violation[] {
  const definition = join(module.root, "src/definition.ts");
  const named: Record<string, readonly (string | null)[]> = {
    "dependencies of package.json": [...module.dependencies],
    "paths of tsconfig.json": pathsOf(module) ?? [],
    "uses or reads of src/definition.ts": workspace.imports
      .filter(({ file }) => file === definition)
      .map((found) => found.package),
  };
  return workspace.modules.flatMap(({ name }) => {
    if (name === module.name) return [];
    const lacking = Object.keys(named).filter((where) => !named[where]?.includes(name));
    if (lacking.length === 0 || lacking.length === Object.keys(named).length) return [];
    const message = `${module.name} does not name ${name} in ${lacking.join(" nor in ")}. All three places must agree: add it there, or remove it from the others.`;
    return [{ at: place(workspace.root, join(module.root, "package.json")), rule: "declarations", message }];
  });
}

/** `paths` of its own replaces the inherited one, and with it the entry that refuses undeclared names. */
function pathViolations(module: WorkspacePackage, { root }: ModuleWorkspace): Violation[] {
  const paths = pathsOf(module);
  const scope = `${module.name.split("/")[0]}/*`;
  if (paths === null || paths.includes(scope)) return [];
  const message = `${module.name} sets \`paths\` without "${scope}", so undeclared modules would compile. Copy the entry from the tsconfig it extends.`;
  return [{ at: place(root, join(module.root, "tsconfig.json")), rule: "paths", message }];
}

/** A reference would let the compiler follow relative imports into the project it names. */
function referenceViolations(module: WorkspacePackage, { root }: ModuleWorkspace): Violation[] {
  return ["tsconfig.json", "contract/tsconfig.json"].flatMap((name) => {
    const file = join(module.root, name);
    const { references = [] } = readJson(file) as TsConfig;
    return references.flatMap(({ path }) => {
      const project = resolve(dirname(file), path);
      const owner = packageOf(project)?.name;
      const allowed =
        name === "tsconfig.json"
          ? owner === "ashlar" || project === join(module.root, "contract")
          : owner === "ashlar" && basename(project) === "contract";
      if (allowed) return [];
      const message = `${module.name} references the project ${relative(root, project)}. Reference the framework's projects and the module's own contract; other modules are imported by name.`;
      return [{ at: place(root, file), rule: "references", message }];
    });
  });
}

function rootViolations(module: WorkspacePackage, { root }: ModuleWorkspace): Violation[] {
  const { references = [] } = readJson(join(root, "tsconfig.json")) as TsConfig;
  if (references.some(({ path }) => resolve(root, path) === module.root)) return [];
  const message = `${module.name} is not compiled: add ${relative(root, module.root)} to the references of the root's tsconfig.json.`;
  return [{ at: place(root, join(module.root, "tsconfig.json")), rule: "references", message }];
}

/** Each cycle of dependencies once: calls must point one way, or no module can be carved out. */
function cycles({ root, modules }: ModuleWorkspace): Violation[] {
  const done = new Set<WorkspacePackage>();
  const found: Violation[] = [];
  const visit = (module: WorkspacePackage, path: readonly WorkspacePackage[]): void => {
    const start = path.indexOf(module);
    if (start >= 0) {
      const circle = [...path.slice(start), module].map(({ name }) => name).join(" -> ");
      const message = `modules depend on each other in a circle: ${circle}. Turn one of these calls into an event.`;
      found.push({ at: place(root, join(module.root, "package.json")), rule: "cycle", message });
    } else if (!done.has(module)) {
      for (const used of modules) {
        if (module.dependencies.has(used.name)) visit(used, [...path, module]);
      }
      done.add(module);
    }
  };
  for (const module of modules) visit(module, []);
  return found;
}

function pathsOf(module: WorkspacePackage): string[] | null {
  const { compilerOptions } = readJson(join(module.root, "tsconfig.json")) as TsConfig;
  return compilerOptions?.paths === undefined ? null : Object.keys(compilerOptions.paths);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} is needed by this check, as JSON without comments.`, { cause: error });
  }
}

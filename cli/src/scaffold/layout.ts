import { globSync, readFileSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { UsageError } from "../exit-code.ts";
import type { Project, ProjectModule } from "../project/project.ts";
import { editByHand } from "./scaffold-error.ts";

/** Where a project keeps its modules, and what they have in common. */
export interface Layout {
  /** `shop/modules`. */
  readonly folder: string;
  /** `@shop`. */
  readonly scope: string;
  /** What modules say of `ashlar` in their dependencies. */
  readonly ashlar: string;
  readonly license: string | null;
  /** The framework's own folder, where it is a package of the same workspace: its projects are referenced then. */
  readonly framework: string | null;
}

export function layoutOf(project: Project): Layout {
  const [sibling] = project.modules;
  const folder = sibling === undefined ? folderOfPattern(project) : posix.dirname(sibling.directory);
  const framework = project.packages.find(({ name }) => name === "ashlar") ?? null;
  const manifests = [...project.modules, ...project.packages].map(({ manifest }) => manifest);
  return {
    folder,
    scope: scopeOf(project),
    ashlar:
      [...manifests, project.manifest]
        .map(({ dependencies, devDependencies }) => dependencies?.ashlar ?? devDependencies?.ashlar)
        .find((version) => version !== undefined) ?? "*",
    license: licenseOf(sibling?.manifest ?? project.manifest),
    framework: framework?.directory ?? null,
  };
}

/** Whether the host's edge knows who calls: without that, a route that asks for it keeps the app from starting. */
export function authenticates(project: Project, host: string): boolean {
  return sourcesOf(project, host).some((file) => /\bauthenticate\b/.test(read(project, file)));
}

/** The module of that contract name. */
export function moduleNamed(project: Project, name: string): ProjectModule {
  const found = project.modules.find(({ module }) => module === name);
  if (found !== undefined) return found;
  const known = project.modules.map(({ module }) => module);
  throw new UsageError(
    known.length === 0
      ? `There is no module ${name}; the project has none yet. ashlar new module ${name} makes it.`
      : `There is no module ${name}. There are: ${known.join(", ")}.`,
  );
}

export function read(project: Project, file: string): string {
  return readFileSync(join(project.root, file), "utf8");
}

/** Source files of a package that are no tests, relative to the root. */
export function sourcesOf(project: Project, directory: string, pattern = "**/*.ts"): string[] {
  return globSync(pattern, {
    cwd: join(project.root, directory),
    exclude: ["**/node_modules", "**/.*", "**/test", "**/dist"],
  })
    .filter((file) => !file.endsWith(".d.ts") && !file.endsWith(".test.ts"))
    .map((file) => posix.join(directory, file.replaceAll("\\", "/")))
    .sort();
}

function folderOfPattern(project: Project): string {
  for (const pattern of project.manifest.workspaces ?? []) {
    const folder = pattern.replace(/^\.\//, "").replace(/\/\*\/?$/, "");
    if (folder !== pattern && basename(folder) === "modules" && !folder.includes("*")) return folder;
  }
  throw editByHand(
    "package.json",
    "has no folder of modules among its workspaces",
    'Add "modules/*" to its "workspaces".',
  );
}

function scopeOf(project: Project): string {
  for (const { name } of [...project.modules, ...project.packages]) {
    const scope = name.split("/")[0]!;
    if (name.includes("/") && scope !== "@ashlar") return scope;
  }
  return `@${project.name.replace(/^@/, "").split("/")[0]}`;
}

function licenseOf(manifest: object): string | null {
  const { license } = manifest as { readonly license?: unknown };
  return typeof license === "string" ? license : null;
}

import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { packageOf, type WorkspacePackage } from "../../framework/src/boundary/index.ts";
import { importsOf } from "./imports.ts";

/** All that the rules look at, read once. */
export interface ModuleWorkspace {
  readonly root: string;
  readonly modules: readonly WorkspacePackage[];
  readonly imports: readonly ModuleImport[];
}

/** One import in a file of a module. */
export interface ModuleImport {
  readonly module: WorkspacePackage;
  readonly file: string;
  /** `path:line`, relative to the root. */
  readonly at: string;
  readonly specifier: string;
  /** Name of the imported package; null for a path. */
  readonly package: string | null;
}

export interface Violation {
  readonly at: string;
  readonly rule: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

export function readWorkspace(root: string): ModuleWorkspace {
  const modules = globSync("**/modules/*/package.json", { cwd: root, exclude: ["**/node_modules", ".types"] })
    .sort()
    .map((manifest) => packageOf(join(root, dirname(manifest))))
    .filter((found) => found !== null);
  return { root, modules, imports: modules.flatMap((module) => importsIn(module, root)) };
}

/** `path:line` of a place to point at. */
export function place(root: string, file: string, line = 1): string {
  return `${relative(root, file)}:${line}`;
}

function importsIn(module: WorkspacePackage, root: string): ModuleImport[] {
  const paths = globSync("**/*.{ts,mts,cts,js,mjs,cjs}", { cwd: module.root, exclude: ["**/node_modules"] });
  return paths.sort().flatMap((path) => {
    const file = join(module.root, path);
    return importsOf(readFileSync(file, "utf8")).map(({ specifier, line }) => ({
      module,
      file,
      at: place(root, file, line),
      specifier,
      package: /^[./]|^file:/.test(specifier) ? null : packageName(specifier),
    }));
  });
}

function packageName(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

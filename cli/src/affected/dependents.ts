import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { AppDescription } from "ashlar/module";
import type { Project, ProjectPackage } from "../project/project.ts";
import { packageOfFile } from "./part.ts";

/** Why one package needs another. */
export interface Dependence {
  readonly from: ProjectPackage;
  readonly to: ProjectPackage;
  /** `path`: an import by path, as hosts compose modules. `manifest`: a dependency in package.json, and no more is known. */
  readonly kind: "uses" | "subscribes" | "reads" | "path" | "manifest";
  /** Events or views; otherwise empty. */
  readonly members: readonly string[];
}

/**
 * Who needs whom: by the modules' own words where they could be loaded, by the manifests, and by what packages
 * outside of the walls import by path.
 */
export function dependences(
  project: Project,
  app: AppDescription | null,
  files: readonly string[],
): Dependence[] {
  const told = app === null ? [] : toldBy(project, app);
  const byPath = importsByPath(project, files);
  const known = [...told, ...byPath];
  const byManifest = project.packages.flatMap((from) =>
    project.packages
      .filter((to) => to !== from && isDeclared(from, to))
      .filter((to) => !known.some((each) => each.from.name === from.name && each.to.name === to.name))
      .map((to): Dependence => ({ from, to, kind: "manifest", members: [] })),
  );
  return [...known, ...byManifest];
}

function isDeclared({ manifest }: ProjectPackage, { name }: ProjectPackage): boolean {
  return manifest.dependencies?.[name] !== undefined || manifest.devDependencies?.[name] !== undefined;
}

function toldBy(project: Project, app: AppDescription): Dependence[] {
  const byModule = new Map(
    project.modules.map(({ module, directory }) => [
      module,
      project.packages.find((each) => each.directory === directory),
    ]),
  );
  const dependence = (from: string, to: string, kind: Dependence["kind"], members: readonly string[]) => {
    const ends = { from: byModule.get(from), to: byModule.get(to) };
    return ends.from === undefined || ends.to === undefined || from === to
      ? []
      : [{ from: ends.from, to: ends.to, kind, members }];
  };
  return app.modules.flatMap(({ name, uses, reads, subscribers }) => [
    ...uses.flatMap((to) => dependence(name, to, "uses", [])),
    ...Object.entries(
      Object.groupBy(
        subscribers.map(({ event }) => event),
        moduleOf,
      ),
    ).flatMap(([to, events]) => dependence(name, to, "subscribes", [...new Set(events)])),
    ...Object.entries(Object.groupBy(reads, moduleOf)).flatMap(([to, views]) =>
      dependence(name, to, "reads", views ?? []),
    ),
  ]);
}

function moduleOf(id: string): string {
  return id.slice(0, id.indexOf("."));
}

/** Only packages that are no modules may do that: the walls refuse it to the others. */
function importsByPath(project: Project, files: readonly string[]): Dependence[] {
  const found = new Map<string, Dependence>();
  const modules = new Set(project.modules.map(({ directory }) => directory));
  for (const file of files) {
    if (!/\.[cm]?[jt]sx?$/.test(file)) continue;
    const from = packageOfFile(project.packages, file);
    if (from === null || modules.has(from.directory)) continue;
    for (const [, path] of textOf(join(project.root, file)).matchAll(/["'](\.\.?\/[^"'\n]+)["']/g)) {
      const to = packageOfFile(project.packages, posix.join(posix.dirname(file), path!));
      if (to === null || to === from) continue;
      found.set(`${from.directory} ${to.directory}`, { from, to, kind: "path", members: [] });
    }
  }
  return [...found.values()];
}

/** Empty for a file that is gone. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

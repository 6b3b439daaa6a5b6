import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AppDescription } from "ashlar/module";
import type { Project, ProjectPackage } from "../project/project.ts";
import { type Dependence, dependences } from "./dependents.ts";
import { isTestFile, type Part, packageOfFile, partOf } from "./part.ts";
import { Readers } from "./readers.ts";

/** A package that a change touches. */
export interface AffectedPackage {
  /** As the module calls itself, or as its manifest does. */
  readonly name: string;
  /** Null for the project itself: what lies in none of its packages. */
  readonly directory: string | null;
  readonly reasons: readonly string[];
  /** Relative to the root. */
  readonly tests: readonly string[];
}

export interface Affected {
  /** Why all of the project is affected; null when it is not. */
  readonly everything: string | null;
  readonly packages: readonly AffectedPackage[];
}

export interface AffectedParts {
  readonly project: Project;
  /** Null when the modules could not be loaded; the manifests then stand in. */
  readonly app: AppDescription | null;
  readonly changed: readonly string[];
  /** All files of the project. */
  readonly files: readonly string[];
}

/**
 * Which packages a change touches, and why.
 *
 * A module's contract reaches everybody who depends on the module. Its migrations reach those who read its views. The
 * rest of it reaches no other module, for the walls let no module, nor its tests, import another one's internals: what
 * their tests put in its place is a fake of the contract. Packages that are no modules compose modules as they are, so
 * every change of what they depend on reaches them; a change of theirs reaches everybody who depends on them. The
 * project's own tests, outside of all packages, are reached by any.
 */
export function affectedBy({ project, app, changed, files }: AffectedParts): Affected {
  const reached = new Reached(project);
  const graph: Graph = { project, reached, all: dependences(project, app, files), passed: new Set() };
  const readers = new Readers(project, files);
  let everything: string | null = null;
  let isMoreThanTests = false;
  for (const { owner, parts } of byPackage(project, changed)) {
    for (const file of parts.get("words") ?? []) {
      for (const reader of readers.of(file, owner)) {
        reached.add(packageOfFile(project.packages, reader), `${reader} reads ${file}`);
      }
    }
    const tests = parts.get("tests");
    if (tests !== undefined) reached.add(owner, `its tests changed: ${someOf(tests)}`);
    const others = [...parts].filter(([part]) => part !== "words" && part !== "tests");
    if (others.length === 0) continue;
    isMoreThanTests = true;
    if (owner === null) {
      const all = others.flatMap(([, of]) => of);
      everything = `${someOf(all)} changed, in no package, so anything may rest on ${all.length === 1 ? "it" : "them"}`;
    } else {
      for (const [part, of] of others) reached.add(owner, `its ${part} changed: ${someOf(of)}`);
      spread(
        graph,
        owner,
        others.map(([part]) => part),
      );
    }
  }
  if (everything !== null) {
    for (const each of project.packages) if (!reached.has(each)) reached.add(each, everything);
  }
  if (isMoreThanTests) reached.add(null, "its tests take all packages together");
  const tests = files.filter((file) => isTestFile(file) && existsSync(join(project.root, file)));
  return {
    everything,
    packages: reached.list().map(({ of, reasons }) => ({
      name: nameOf(project, of),
      directory: of?.directory ?? null,
      reasons,
      tests: tests.filter((file) => packageOfFile(project.packages, file) === of),
    })),
  };
}

interface ChangedPackage {
  /** Null for what is in no package. */
  readonly owner: ProjectPackage | null;
  /** The changed files of each part. */
  readonly parts: ReadonlyMap<Part, readonly string[]>;
}

function byPackage(project: Project, changed: readonly string[]): ChangedPackage[] {
  const packages = new Map<ProjectPackage | null, Map<Part, string[]>>();
  for (const file of changed) {
    const owner = packageOfFile(project.packages, file);
    const part = partOf(owner === null ? file : file.slice(owner.directory.length + 1));
    const parts = packages.get(owner) ?? new Map<Part, string[]>();
    packages.set(owner, parts.set(part, [...(parts.get(part) ?? []), file]));
  }
  return [...packages].map(([owner, parts]) => ({ owner, parts }));
}

function someOf(files: readonly string[]): string {
  const others = files.length - 1;
  return others === 0 ? files[0]! : `${files[0]} and ${others} other${others === 1 ? "" : "s"}`;
}

interface Graph {
  readonly project: Project;
  readonly reached: Reached;
  readonly all: readonly Dependence[];
  /** Packages that were gone on from as affected: a set of its own, since their own changes may have come first. */
  readonly passed: Set<ProjectPackage>;
}

/** From a package to those that it reaches. `parts` are what changed in it; none when it is only affected itself. */
function spread(graph: Graph, changed: ProjectPackage, parts: readonly Part[]): void {
  const { project, reached, all, passed } = graph;
  const found: ProjectPackage[] = [];
  for (const dependence of all) {
    const { from, to } = dependence;
    if (to !== changed) continue;
    const isWalled = isModule(project, from) && isModule(project, to);
    const through = isWalled ? parts.filter((part) => passesWall(dependence, part)) : parts;
    if (isWalled && through.length === 0) continue;
    reached.add(from, reasonOf(dependence, nameOf(project, to), through));
    if (passed.has(from)) continue;
    passed.add(from);
    found.push(from);
  }
  for (const each of found) spread(graph, each, []);
}

function passesWall({ kind }: Dependence, part: Part): boolean {
  if (part === "contract" || part === "manifest") return true;
  // Without the modules' own words any dependence may be on a view.
  return part === "migrations" && (kind === "reads" || kind === "manifest");
}

function reasonOf({ kind, members }: Dependence, name: string, parts: readonly Part[]): string {
  const why = parts.length === 0 ? "which is affected" : `whose ${parts.join(" and ")} changed`;
  switch (kind) {
    case "uses":
      return `uses ${name}, ${why}`;
    case "subscribes":
      return `subscribes to ${members.join(", ")} of ${name}, ${why}`;
    case "reads":
      return `reads ${members.join(", ")} of ${name}, ${why}`;
    case "path":
      return `is made of ${name}, ${why}`;
    case "manifest":
      return `depends on ${name}, ${why}`;
  }
}

/** Packages with the reasons for which they are affected; null stands for what is in none. */
class Reached {
  readonly #reasons = new Map<ProjectPackage | null, Set<string>>();
  readonly #project: Project;

  constructor(project: Project) {
    this.#project = project;
  }

  has(of: ProjectPackage): boolean {
    return this.#reasons.has(of);
  }

  add(of: ProjectPackage | null, reason: string): void {
    const known = this.#reasons.get(of);
    if (known === undefined) this.#reasons.set(of, new Set([reason]));
    else known.add(reason);
  }

  list(): { of: ProjectPackage | null; reasons: string[] }[] {
    return [...this.#project.packages, null].flatMap((of) => {
      const reasons = this.#reasons.get(of);
      return reasons === undefined ? [] : [{ of, reasons: [...reasons] }];
    });
  }
}

function nameOf(project: Project, of: ProjectPackage | null): string {
  if (of === null) return "the project itself";
  return project.modules.find(({ directory }) => directory === of.directory)?.module ?? of.name;
}

function isModule(project: Project, of: ProjectPackage): boolean {
  return project.modules.some(({ directory }) => directory === of.directory);
}

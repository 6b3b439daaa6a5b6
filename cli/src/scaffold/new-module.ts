import { posix } from "node:path";
import { UsageError } from "../exit-code.ts";
import type { Project } from "../project/project.ts";
import type { Change } from "./change.ts";
import { Draft } from "./draft.ts";
import { addToHost, chooseHost, type Host } from "./hosts.ts";
import { authenticates, type Layout, layoutOf } from "./layout.ts";
import { type LockedPackage, lockPackages } from "./lockfile.ts";
import { contractSource } from "./module/contract-source.ts";
import { type ModuleNames, namesOfModule } from "./module/names-of-module.ts";
import { baseSources, manifestOf, packageSources } from "./module/package-sources.ts";
import { testSources } from "./module/test-sources.ts";
import { useCaseSources } from "./module/use-case-sources.ts";
import { sentence, singularOf } from "./names.ts";
import { whoServes } from "./served-routes.ts";
import { addEntry, addReference } from "./source/json.ts";

export interface NewModule {
  /** Contract name, as `readModuleName` gives it. */
  readonly name: string;
  /** One sentence. */
  readonly purpose: string;
  /** What the module is about, in the singular: `shipment`. Unless given, the name without a plural's s. */
  readonly thing?: string;
  readonly plural?: string;
  /** The host that it is composed into, where there are several. */
  readonly host?: string;
}

/** A complete small module around one thing, known to npm, to the compiler and to its host. */
export function newModule(project: Project, parts: NewModule): Change[] {
  const { name, thing = singularOf(name), plural, host: hostName } = parts;
  const names = namesOfModule(name, thing, plural);
  const layout = layoutOf(project);
  const directory = posix.join(layout.folder, names.directory);
  checkFree(project, names, layout, directory);
  const host = chooseHost(project, hostName);
  const isOpen = !authenticates(project, host.package.directory);
  const purpose = sentence(parts.purpose);
  const draft = new Draft(project);
  const create = (folder: string, sources: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(sources)) draft.create(posix.join(folder, path), text);
  };
  for (const [path, text] of Object.entries(baseSources(layout))) {
    const file = posix.join(layout.folder, path);
    if (draft.find(file) === null) draft.create(file, text);
  }
  create(directory, packageSources(names, layout, purpose, isOpen));
  create(directory, { "contract/index.ts": contractSource(names, purpose) });
  create(posix.join(directory, "src"), useCaseSources(names, isOpen));
  create(posix.join(directory, "test"), testSources(names));
  register(draft, names, layout, directory, host);
  return draft.changes();
}

function checkFree(project: Project, names: ModuleNames, { scope }: Layout, directory: string): void {
  const name = `${scope}/${names.directory}`;
  if (project.modules.some(({ module }) => module === names.module)) {
    throw new UsageError(`There is a module ${names.module} already.`);
  }
  const other = project.packages.find((each) => each.name === name || each.directory === directory);
  if (other !== undefined) throw new UsageError(`${other.directory} is the package ${other.name} already.`);
  const served = whoServes(project, "POST", names.path) ?? whoServes(project, "GET", `${names.path}/{id}`);
  if (served !== null) {
    throw new UsageError(
      `${served} serves ${names.path} already. Give the thing another name by --thing, or another plural by --plural.`,
    );
  }
}

/** Names the module wherever something has to know of it. */
function register(draft: Draft, names: ModuleNames, layout: Layout, directory: string, host: Host): void {
  const { project } = draft;
  const { directory: hostDirectory, manifest: hostManifest } = host.package;
  draft.edit("tsconfig.json", (text, file) => addReference(file, text, [directory], `${layout.folder}/`));
  draft.edit(posix.join(hostDirectory, "tsconfig.json"), (text, file) => {
    const up = posix.relative(hostDirectory, directory);
    const beside = `${posix.dirname(up)}/`;
    // A host that imports contracts by name references them too.
    const isContractToo = project.modules.length === 0 || text.includes('/contract"');
    return addReference(file, text, [up, ...(isContractToo ? [`${up}/contract`] : [])], beside);
  });
  draft.edit(host.file, (text, file) =>
    addToHost(file, text, posix.join(directory, "src/module.ts"), names.contract),
  );
  const manifest = manifestOf(names, layout);
  const locked: LockedPackage[] = [{ directory, manifest }];
  // A host that composes modules by their paths only does not depend on them by name.
  if (project.modules.some(({ name }) => hostManifest.dependencies?.[name] !== undefined)) {
    const file = posix.join(hostDirectory, "package.json");
    draft.edit(file, (text) =>
      addEntry(file, text, ["dependencies"], manifest.name, `"${manifest.version}"`),
    );
    locked.push({ directory: hostDirectory, manifest: JSON.parse(draft.find(file)!) });
  }
  lockPackages(draft, locked);
}

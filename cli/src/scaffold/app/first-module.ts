import { contractSource } from "../module/contract-source.ts";
import { baseSources, manifestOf, packageSources } from "../module/package-sources.ts";
import { testSources } from "../module/test-sources.ts";
import { useCaseSources } from "../module/use-case-sources.ts";
import type { AppFile } from "./app-files.ts";
import { type AppRequest, namesOf } from "./app-request.ts";
import { PINNED } from "./pinned-versions.ts";

/** The host authenticates, so the routes ask who is there. */
const IS_OPEN = false;

/** The files that `ashlar new module` would write, so that the first module is like all that follow. */
export function firstModule(request: AppRequest): AppFile[] {
  const names = namesOf(request);
  const layout = layoutOf(request);
  const purpose = `Keeps ${names.things}.`;
  const folder = `${layout.folder}/${names.directory}`;
  return [
    ...within(layout.folder, baseSources(layout)),
    ...within(folder, packageSources(names, layout, purpose, IS_OPEN)),
    ...within(`${folder}/contract`, { "index.ts": contractSource(names, purpose) }),
    ...within(`${folder}/src`, useCaseSources(names, IS_OPEN)),
    ...within(`${folder}/test`, testSources(names)),
  ];
}

/** What others write into their dependencies to use it. */
export function firstManifest(request: AppRequest): { readonly name: string; readonly version: string } {
  return manifestOf(namesOf(request), layoutOf(request));
}

function layoutOf({ name }: AppRequest) {
  return { folder: "modules", scope: `@${name}`, ashlar: PINNED.ashlar, license: null, framework: null };
}

function within(folder: string, sources: Readonly<Record<string, string>>): AppFile[] {
  return Object.entries(sources).map(([path, text]) => ({ path: `${folder}/${path}`, text }));
}

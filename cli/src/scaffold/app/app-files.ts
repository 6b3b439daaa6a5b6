import type { AppRequest } from "./app-request.ts";
import { deploymentFiles } from "./deployment-files.ts";
import { firstModule } from "./first-module.ts";
import { hostFiles } from "./host-files.ts";
import { manifests, type PackageSources } from "./manifests.ts";
import { readme } from "./readme.ts";
import { workspaceFiles } from "./workspace-files.ts";

/** A file of a new project. */
export interface AppFile {
  /** Relative to the project, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every file of a new project, by path. */
export function appFiles(request: AppRequest, sources: PackageSources): AppFile[] {
  return [
    ...manifests(request, sources),
    ...workspaceFiles(request),
    ...hostFiles(request),
    ...firstModule(request),
    ...deploymentFiles(request),
    readme(request),
  ].sort((one, other) => (one.path < other.path ? -1 : 1));
}

import type { WorkspacePackage } from "ashlar/boundary";
import type { ProjectModule } from "../project/project.ts";
import type { FileFacts } from "./file-facts.ts";
import type { JsonFile } from "./json-file.ts";
import type { SqlFile } from "./sql-part.ts";
import type { TsConfig, TsConfigs } from "./tsconfig.ts";

/** All that the rules look at, read once. */
export interface ProjectFacts {
  readonly root: string;
  readonly name: string;
  /** Every package of the workspace, the root itself as the last. */
  readonly packages: readonly WorkspacePackage[];
  readonly modules: readonly ModuleFacts[];
  readonly tsconfigs: TsConfigs;
}

export interface ModuleFacts extends ProjectModule {
  readonly package: WorkspacePackage;
  readonly packageJson: JsonFile<PackageJson>;
  readonly tsconfigs: readonly JsonFile<TsConfig>[];
  readonly sources: readonly SourceFacts[];
  readonly migrations: readonly SqlFile[];
  /** Manifests of packages inside of the module. */
  readonly manifests: readonly string[];
  /** Symbolic links inside of the module. */
  readonly links: readonly string[];
}

export interface SourceFacts {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly isTest: boolean;
  readonly facts: FileFacts;
}

export interface PackageJson {
  readonly exports?: unknown;
  readonly imports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

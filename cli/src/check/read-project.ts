import { existsSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { type WorkspacePackage, workspacePackage } from "ashlar/boundary";
import type { Project, ProjectModule } from "../project/project.ts";
import type { FactsCache } from "./facts-cache.ts";
import type { FileFacts } from "./file-facts.ts";
import { readJsonFile } from "./json-file.ts";
import { filesOf, isTest } from "./module-files.ts";
import type { ModuleFacts, PackageJson, ProjectFacts, SourceFacts } from "./project-facts.ts";
import { factsOf } from "./read-facts.ts";
import type { SqlFile, SqlPart } from "./sql-part.ts";
import { TsConfigs } from "./tsconfig.ts";

/** Reads every file of every module, as far as the cache does not know it. */
export async function readProject(project: Project, cache: FactsCache, sql: SqlPart): Promise<ProjectFacts> {
  const { root } = project;
  const tsconfigs = new TsConfigs(root);
  const packages: WorkspacePackage[] = [];
  const modules: ModuleFacts[] = [];
  for (const each of project.packages) {
    const module = project.modules.find(({ directory }) => directory === each.directory);
    const named = workspacePackage(join(root, each.directory), each.manifest);
    const own = module === undefined ? named : withItsContract(named);
    packages.push(own);
    if (module !== undefined) modules.push(await readModule(root, module, own, { cache, sql, tsconfigs }));
  }
  return {
    root,
    name: project.name,
    packages: [...packages, workspacePackage(root, project.manifest)],
    modules,
    tsconfigs,
  };
}

/** One that opens something else is told so once; the other rules go by where its contract should be. */
function withItsContract(module: WorkspacePackage): WorkspacePackage {
  const folder = join(module.root, "contract");
  const isThere = module.contract?.startsWith(folder + sep) === true;
  const usual = join(folder, "index.ts");
  return isThere || !existsSync(usual) ? module : { ...module, contract: usual };
}

interface Readers {
  readonly cache: FactsCache;
  readonly sql: SqlPart;
  readonly tsconfigs: TsConfigs;
}

async function readModule(
  root: string,
  module: ProjectModule,
  own: WorkspacePackage,
  readers: Readers,
): Promise<ModuleFacts> {
  const files = filesOf(root, module.directory);
  const sources: SourceFacts[] = [];
  for (const path of files.sources) sources.push(await readSource(root, module, path, readers));
  const migrations: SqlFile[] = [];
  for (const path of files.migrations) migrations.push(await readMigration(root, module, path, readers));
  return {
    ...module,
    package: own,
    packageJson: readJsonFile<PackageJson>(root, `${module.directory}/package.json`)!,
    tsconfigs: files.tsconfigs.map((path) => readers.tsconfigs.get(path)!),
    sources,
    migrations,
    manifests: files.manifests,
    links: files.links,
  };
}

async function readSource(
  root: string,
  { directory, module }: ProjectModule,
  path: string,
  { cache, sql }: Readers,
): Promise<SourceFacts> {
  const source = readFileSync(join(root, path), "utf8");
  const inTest = isTest(directory, path);
  const facts = await cache.factsOf<FileFacts>(path, source, async () => {
    if (inTest || !sql.mightHoldSql(source)) return factsOf(path, source, null);
    await sql.loadSqlParser();
    return factsOf(path, source, (program) => sql.sqlFactsOf({ source, path, module, program }));
  });
  return { path, isTest: inTest, facts };
}

async function readMigration(
  root: string,
  { module }: ProjectModule,
  path: string,
  { cache, sql }: Readers,
): Promise<SqlFile> {
  const source = readFileSync(join(root, path), "utf8");
  const facts = await cache.factsOf(path, source, async () => {
    await sql.loadSqlParser();
    return sql.migrationFactsOf({ source, path, module });
  });
  return { path, facts };
}
